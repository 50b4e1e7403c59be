import { Command, InvalidArgumentError } from 'commander';
import { addDays, isDay, parisDay } from '../platform/clock/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';

/** EX_TEMPFAIL of sysexits.h: the portal did not answer; the same command may succeed later. */
const EXIT_OUT_OF_REACH = 75;

export function ingestCommand(context: CommandContext): Command {
  return new Command('ingest')
    .description('take days of the portal into the register')
    .option('--since <date>', 'first day in Paris, YYYY-MM-DD (default: INGEST_DAYS ago)', day)
    .option('--until <date>', 'last day in Paris, YYYY-MM-DD (default: today)', day)
    .action(async (options: { since?: string; until?: string }) => {
      await context.withHouse(async (house) => {
        const today = parisDay(context.clock.now());
        const until = options.until ?? today;
        const since = options.since ?? addDays(until, -house.config.ingestDays);
        if (since > until) throw new CommandFailed(`--since ${since} is after --until ${until}`, 2);
        const progress = context.output.progress('ingest');
        const report = await house.ingest.run({
          since,
          until,
          signal: context.signal,
          onProgress: ({ day: current, done, total }) =>
            progress.update(done, total, `${current} (${done} of ${total})`),
        });
        progress.end(`${since} … ${until}`);
        for (const failure of report.failed)
          context.output.complain(`${failure.ref}: ${failure.code} ${failure.message}`);
        const { seen, created, updated, unchanged, withdrawn, failed } = report;
        context.output.result(
          report,
          `${seen} seen: ${created} new, ${updated} changed, ${unchanged} unchanged, ${withdrawn} withdrawn, ${failed.length} failed`,
        );
        if (report.outOfReach.length > 0) throw new CommandFailed('the portal is out of reach', EXIT_OUT_OF_REACH);
        if (failed.length > 0) throw new CommandFailed(`${failed.length} could not be taken`);
      });
    });
}

function day(value: string): string {
  if (!isDay(value)) throw new InvalidArgumentError('expected a day such as 2026-10-06');
  return value;
}
