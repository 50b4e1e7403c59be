import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHeader, formatSpan, formatSynced, type JournalHeader, trustJournal } from './part-journal.ts';

const header: JournalHeader = {
  url: 'http://m/a.mp3',
  lengthBytes: 100,
  etag: '"e"',
  lastModified: null,
  bootId: 'boot-1',
};
const { bootId: _, ...representation } = header;
const journal =
  formatHeader(header) +
  formatSpan({ start: 0, end: 10 }) +
  formatSpan({ start: 50, end: 60 }) +
  formatSynced(1) +
  formatSpan({ start: 10, end: 20 });

describe('the journal of a part', () => {
  it('is trusted whole in the same boot: the page cache outlives a killed process', () => {
    expect(trustJournal(journal, 'boot-1', 100)).toEqual({
      representation,
      spans: [
        { start: 0, end: 20 },
        { start: 50, end: 60 },
      ],
    });
  });

  it('after another boot is trusted for the spans that were synced, not for those journaled while the sync ran', () => {
    expect(trustJournal(journal, 'boot-2', 100)?.spans).toEqual([{ start: 0, end: 10 }]);
  });

  it('where the system names no boot, is trusted as after another boot', () => {
    const nameless = formatHeader({ ...header, bootId: null }) + journal.split('\n').slice(1).join('\n');
    expect(trustJournal(nameless, null, 100)?.spans).toEqual([{ start: 0, end: 10 }]);
  });

  it.each([
    [
      'a line that the crash cut',
      `${journal}20 3`,
      [
        { start: 0, end: 20 },
        { start: 50, end: 60 },
      ],
    ],
    [
      'zeros in place of lines, and what stands after them',
      `${journal}\0\0\0\n20 30\n`,
      [
        { start: 0, end: 20 },
        { start: 50, end: 60 },
      ],
    ],
    [
      'spans beyond the length',
      `${journal}90 101\n`,
      [
        { start: 0, end: 20 },
        { start: 50, end: 60 },
      ],
    ],
    [
      'empty and inverted spans',
      `${journal}30 30\n40 35\n`,
      [
        { start: 0, end: 20 },
        { start: 50, end: 60 },
      ],
    ],
  ])('does not count %s', (_name, text, spans) => {
    expect(trustJournal(text, 'boot-1', 100)?.spans).toEqual(spans);
  });

  it('does not count spans that the data file is too short for', () => {
    expect(trustJournal(journal, 'boot-1', 55)?.spans).toEqual([{ start: 0, end: 20 }]);
  });

  it.each([
    ['nothing', ''],
    ['a cut header', formatHeader(header).slice(0, -1)],
    ['another format', '{"format":"other/1","url":"http://m/a.mp3","lengthBytes":1}\n'],
    ['no length', '{"format":"robian-part/1","url":"http://m/a.mp3"}\n'],
    ['a negative length', '{"format":"robian-part/1","url":"http://m/a.mp3","lengthBytes":-1}\n'],
    ['not an object', 'null\n'],
  ])('is refused when it begins with %s', (_name, text) => {
    expect(trustJournal(text, 'boot-1', 100)).toBeNull();
  });

  it('cut anywhere, never claims a byte that the whole journal does not', () => {
    const whole = new Set([
      ...Array.from({ length: 20 }, (_, i) => i),
      ...Array.from({ length: 10 }, (_, i) => 50 + i),
    ]);
    fc.assert(
      fc.property(fc.nat(journal.length), (length) => {
        for (const { start, end } of trustJournal(journal.slice(0, length), 'boot-1', 100)?.spans ?? []) {
          for (let byte = start; byte < end; byte += 1) expect(whole.has(byte)).toBe(true);
        }
      }),
    );
  });
});
