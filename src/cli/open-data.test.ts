import { expect, it } from 'vitest';
import type { House } from '../house.ts';
import type { CommandContext } from './context.ts';
import { openDataCommand } from './open-data.ts';

it.each([
  [[], ['everybody', 'activeDeputies', 'agenda']],
  [['--people'], ['everybody', 'activeDeputies']],
  [['--agenda'], ['agenda']],
])('open-data %s takes %s and says what became of each', async (args, dumps) => {
  const said: string[] = [];
  const takeDumps: House['ingest']['takeDumps'] = async (request) => {
    expect(request.dumps).toEqual(dumps);
    request.onProgress?.({ dump: 'agenda', receivedBytes: 2_000_000, totalBytes: 8_000_000 });
    return request.dumps.map((dump, index) => ({ dump, unchanged: index > 0, read: 3, written: 2, unreadable: 1 }));
  };
  const house = { ingest: { takeDumps } } as unknown as House;
  const context: Pick<CommandContext, 'output' | 'withHouse'> = {
    output: {
      say: unused,
      complain: unused,
      result: (_value, text) => said.push(text),
      track: async (_label, work) => (await work((_done, _total, note) => void said.push(note))).value,
    },
    withHouse: (work) => work(house, new AbortController().signal),
  };
  await openDataCommand(context).parseAsync(args, { from: 'user' });
  expect(said[0]).toBe('agenda 2 MB');
  expect(said[1]?.split('\n')).toEqual(
    dumps.map((dump, index) => (index > 0 ? `${dump}: unchanged` : `${dump}: 3 read, 2 written, 1 unreadable`)),
  );
});

function unused(): never {
  throw new Error('not used here');
}
