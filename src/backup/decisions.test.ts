import { describe, expect, it, test } from 'vitest';
import { type ArchiveHeader, readArchive, writeArchive } from './archive.ts';
import { inOrderOfReference } from './catalogue.ts';
import { isDue } from './due.ts';
import { BackupDamaged } from './errors.ts';
import { decideGoing } from './keep.ts';
import { momentOf, nameOf } from './manifest.ts';

test.each([
  ['never taken', null, '2026-11-22T00:00:00Z', true],
  ['before its hour of the same day', '2026-11-21T02:31:00Z', '2026-11-22T02:29:00Z', false],
  ['at its hour', '2026-11-21T02:31:00Z', '2026-11-22T02:30:00Z', true],
  ['taken since', '2026-11-22T02:31:00Z', '2026-11-22T23:59:00Z', false],
  ['asleep for three days', '2026-11-18T02:31:00Z', '2026-11-22T01:00:00Z', true],
  ['summer time: 3:30 is an hour earlier', '2026-07-01T01:31:00Z', '2026-07-02T01:30:00Z', true],
  ['the clock went back a week', '2026-11-29T02:31:00Z', '2026-11-22T12:00:00Z', false],
])('a backup at 3:30 in Paris, %s', (_, last, now, due) => {
  expect(isDue({ hour: 3, minute: 30 }, last === null ? null : new Date(last), new Date(now))).toBe(due);
});

describe('what is kept', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  it('is what is young enough, and the newest however old', () => {
    const finished = ['20261001T000000Z', '20261021T120000Z', '20261023T120001Z', '20261122T000000Z'];
    expect(decideGoing({ finished, unfinished: [] }, 30, now)).toEqual(finished.slice(0, 2));
    expect(decideGoing({ finished: ['20200101T000000Z'], unfinished: [] }, 1, now)).toEqual([]);
  });
  it('is no unfinished one after a day', () => {
    const unfinished = ['20261121T115959Z', '20261122T110000Z'];
    expect(decideGoing({ finished: [], unfinished }, 30, now)).toEqual(['20261121T115959Z']);
  });
});

it('the name of a backup is its moment', () => {
  const moment = new Date('2026-11-22T02:30:05.000Z');
  expect(nameOf(moment)).toBe('20261122T023005Z');
  expect(momentOf('20261122T023005Z')).toEqual(moment);
  for (const wrong of ['audio', '20261322T023005Z', '../20261122T023005Z', '20261122T023005Z.part']) {
    expect(momentOf(wrong)).toBeNull();
  }
});

it('tables come after those they refer to, and a circle is refused', () => {
  const tables = ['a', 'b', 'c', 'd'].map((name) => ({ name, columns: [] }));
  const references = [
    { from: 'a', to: 'c' },
    { from: 'c', to: 'd' },
    { from: 'b', to: 'b' },
  ];
  expect(inOrderOfReference(tables, references).map(({ name }) => name)).toEqual(['b', 'd', 'c', 'a']);
  expect(() => inOrderOfReference(tables, [...references, { from: 'd', to: 'a' }])).toThrow(/circle: a, c, d/);
});

describe('an archive', () => {
  const header: ArchiveHeader = {
    format: 1,
    takenAt: '2026-11-22T02:30:05.000Z',
    version: 'test',
    migrations: ['0001'],
    tables: [
      { name: 'one', columns: ['a'] },
      { name: 'none', columns: ['a'] },
    ],
    counters: [],
    jobs: [],
    secret: null,
    secretMark: '',
  };
  const rows = Array.from({ length: 300 }, (_, n) => JSON.stringify({ a: `${'é'.repeat(n)}\n"${n}` }));
  const text = async (): Promise<string> => {
    const pieces = writeArchive(
      header,
      async function* ({ name }) {
        if (name === 'one') yield rows;
      },
      () => undefined,
    );
    return Buffer.concat(await Array.fromAsync(pieces)).toString('utf8');
  };
  const read = (content: string, pieceBytes = 7): Promise<unknown[]> => {
    const bytes = Buffer.from(content);
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    }
    return Array.fromAsync(readArchive(pieces()));
  };

  it('reads as it was written, however it is cut into pieces', async () => {
    const written = await text();
    for (const pieceBytes of [1, 7, 1_000_000]) {
      const parts = await read(written, pieceBytes);
      expect(parts.map((part) => (part as { kind: string }).kind)).toEqual([
        'header',
        'table',
        'rows',
        'end',
        'table',
        'end',
      ]);
      expect(parts[2]).toEqual({ kind: 'rows', lines: rows });
    }
  });

  const change: [string, (lines: string[]) => string[]][] = [
    ['a row is missing', (lines) => lines.toSpliced(5, 1)],
    ['a row is there twice', (lines) => lines.toSpliced(5, 0, lines[5] ?? '')],
    ['a row was changed', (lines) => lines.with(5, '{"a":"z"}')],
    ['the end is missing', (lines) => lines.slice(0, -1)],
    ['a table is missing', (lines) => lines.toSpliced(-3, 2)],
    ['it goes on after its end', (lines) => [...lines, '["table","one"]']],
    ['it begins twice', (lines) => [lines[0] ?? '', ...lines]],
    ['rows stand outside', (lines) => lines.toSpliced(1, 0, '{"a":"z"}')],
    ['a line is nonsense', (lines) => lines.toSpliced(1, 0, 'nonsense')],
    ['a line is of another kind', (lines) => lines.toSpliced(1, 0, '[1,2,3]')],
    ['tables are swapped', (lines) => lines.with(1, '["table","none"]')],
    ['it is of a later format', (lines) => lines.with(0, JSON.stringify(['header', { ...header, format: 2 }]))],
    ['there is a table more', (lines) => lines.toSpliced(-1, 0, '["table","two"]')],
  ];
  it.each(change)('is refused when %s', async (_, alter) => {
    const lines = (await text()).trimEnd().split('\n');
    await expect(read(`${alter(lines).join('\n')}\n`)).rejects.toBeInstanceOf(BackupDamaged);
  });

  it('is refused when its last line is cut, or it is empty', async () => {
    await expect(read((await text()).slice(0, -1))).rejects.toBeInstanceOf(BackupDamaged);
    await expect(read('')).rejects.toBeInstanceOf(BackupDamaged);
  });
});
