import { Command, InvalidArgumentError } from 'commander';
import type { House } from '../house.ts';
import type { IngestReport } from '../ingest/index.ts';
import { addDays, isDay, parisDay } from '../platform/clock/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';
import type { Output } from './output.ts';

/** EX_USAGE and EX_TEMPFAIL of sysexits.h: the portal did not answer; the same command may succeed later. */
const EXIT_USAGE = 64;
const EXIT_OUT_OF_REACH = 75;

export function ingestCommand(context: CommandContext): Command {
  return new Command('ingest')
    .description('take days of the portal and of plugins into the register')
    .option('--since <date>', 'first day in Paris, YYYY-MM-DD (default: INGEST_DAYS ago)', day)
    .option('--until <date>', 'last day in Paris, YYYY-MM-DD (default: today)', day)
    .action(async (options: { since?: string; until?: string }) => {
      await context.withHouse(async (house, signal) => {
        const until = options.until ?? parisDay(context.clock.now());
        const since = options.since ?? addDays(until, -house.config.ingestDays);
        if (since > until) throw new CommandFailed(`--since ${since} is after --until ${until}`, EXIT_USAGE);
        const report = await ingestDays(context.output, house, { label: 'ingest', since, until, signal });
        for (const { ref, code, message } of report.failed) context.output.complain(`${ref}: ${message} (${code})`);
        context.output.result(report, summaryOf(report));
        if (report.outOfReach.length > 0) {
          const silent = report.outOfReach.map(
            (source) => `The ${source === 'portal' ? source : `source ${source}`} is`,
          );
          throw new CommandFailed(
            `${silent.join(' out of reach. ')} out of reach; what is known stays. Try again later.`,
            EXIT_OUT_OF_REACH,
          );
        }
        if (report.failed.length > 0) throw new CommandFailed(`${report.failed.length} could not be taken`);
      });
    });
}

/** Takes some days into the register and shows how far it is. */
export function ingestDays(
  output: Output,
  house: House,
  { label, ...period }: { label: string; since: string; until: string; signal: AbortSignal },
): Promise<IngestReport> {
  return output.track(label, async (update) => {
    const value = await house.ingest.run({
      ...period,
      onProgress: ({ day: current, done, total }) => update(done, total, `${current} (${done} of ${total})`),
    });
    return { value, note: `${period.since} … ${period.until}` };
  });
}

function summaryOf({ seen, created, updated, unchanged, withdrawn, failed }: IngestReport): string {
  return `${seen} seen: ${created} new, ${updated} changed, ${unchanged} unchanged, ${withdrawn} withdrawn, ${failed.length} failed`;
}

function day(value: string): string {
  if (!isDay(value)) throw new InvalidArgumentError('expected a day such as 2026-10-06');
  return value;
}
