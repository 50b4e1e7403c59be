import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { type ImportedLine, importDebates } from '../debates/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';

export function importJsonCommand(context: Pick<CommandContext, 'output' | 'withHouse'>): Command {
  return new Command('import-json')
    .description('take debates out of a JSON list of objects with the API’s field names')
    .argument('<file>', 'the list')
    .option('--dry-run', 'say what would become of each, and write nothing')
    .action(async (file: string, { dryRun = false }: { dryRun?: boolean }) => {
      await context.withHouse(async ({ database, events }, signal) => {
        const counts = { taken: 0, merged: 0, unchanged: 0, refused: 0 };
        const deps = { db: database.db, events };
        for await (const line of importDebates(deps, textsOf(file, signal), { dryRun })) {
          signal.throwIfAborted();
          counts[line.outcome] += 1;
          context.output.result(line, textOf(line));
        }
        const { taken, merged, unchanged, refused } = counts;
        const summary = `${taken} taken, ${merged} merged, ${unchanged} unchanged, ${refused} refused`;
        context.output.result({ ...counts, dry_run: dryRun }, dryRun ? `would be: ${summary}` : summary);
        if (refused > 0) throw new CommandFailed(`${refused} refused`);
      });
    });
}

function textOf({ line, outcome, id, reasons }: ImportedLine): string {
  return `line ${line}: ${outcome}${id === null ? '' : ` ${id}`}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`;
}

/** @throws CommandFailed when the file cannot be read, or is no UTF-8 */
async function* textsOf(file: string, signal: AbortSignal): AsyncGenerator<string> {
  // A byte order mark is skipped.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const piece of createReadStream(file, { signal }))
      yield decoder.decode(piece as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (signal.aborted) throw error;
    const why = error instanceof TypeError ? 'it is no UTF-8' : error instanceof Error ? error.message : String(error);
    throw new CommandFailed(`${file} cannot be read: ${why}`);
  }
}
