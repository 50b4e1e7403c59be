import { Command } from 'commander';
import type { DumpName } from '../ingest/index.ts';
import type { CommandContext } from './context.ts';

const MEGABYTE = 1_000_000;

export function openDataCommand(context: Pick<CommandContext, 'output' | 'withHouse'>): Command {
  return new Command('open-data')
    .description('take the directory of people and the agenda from the open data (both when none is named)')
    .option('--people', 'people, mandates and organs')
    .option('--agenda', 'meetings to come')
    .action(async (options: { people?: boolean; agenda?: boolean }) => {
      const both = !options.people && !options.agenda;
      const dumps: DumpName[] = [
        ...(both || options.people ? (['everybody', 'activeDeputies'] as const) : []),
        ...(both || options.agenda ? (['agenda'] as const) : []),
      ];
      await context.withHouse(async (house, signal) => {
        const reports = await context.output.track('open data', async (update) => {
          const value = await house.ingest.takeDumps({
            dumps,
            signal,
            onProgress: ({ dump, receivedBytes, totalBytes }) =>
              update(receivedBytes, totalBytes, `${dump} ${Math.round(receivedBytes / MEGABYTE)} MB`),
          });
          return { value, note: `${value.length} dumps` };
        });
        const lines = reports.map(({ dump, unchanged, read, written, unreadable }) =>
          unchanged ? `${dump}: unchanged` : `${dump}: ${read} read, ${written} written, ${unreadable} unreadable`,
        );
        context.output.result(reports, lines.join('\n'));
      });
    });
}
