import fc from 'fast-check';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { FRENCH } from '../platform/i18n/index.ts';
import type { PlacedChapter } from './place-chapters.ts';
import { chapterWordsIn } from './texts.ts';
import { type PodcastChapterFacts, toPodcastChapters } from './to-podcast-chapters.ts';

/** The format as its specification has it (jsonChapters.md 1.2), written apart from the code under test. */
const JsonChapters = Type.Object({
  version: Type.String({ pattern: '^1\\.2\\.\\d+$' }),
  title: Type.Optional(Type.String()),
  chapters: Type.Array(
    Type.Object({
      startTime: Type.Number({ minimum: 0 }),
      title: Type.Optional(Type.String({ minLength: 1 })),
      endTime: Type.Optional(Type.Number()),
      img: Type.Optional(Type.String()),
      url: Type.Optional(Type.String()),
      toc: Type.Optional(Type.Boolean()),
    }),
  ),
});

const chapter = (label: string, startsAtMs: number | null, ...children: PlacedChapter[]): PlacedChapter => ({
  id: label,
  label,
  typedLabel: label,
  kind: 'other',
  speakerIds: [],
  startsAtMs,
  endsAtMs: null,
  children,
});

const WORDS = chapterWordsIn(FRENCH);

const drawn = (facts: Partial<PodcastChapterFacts>): string[] =>
  toPodcastChapters({
    title: 'Séance',
    chapters: [],
    suspensions: [],
    sittingStartsAtMs: null,
    words: WORDS,
    ...facts,
  }).chapters.map(({ startTime, title }) => `${startTime} ${title}`);

describe('toPodcastChapters', () => {
  it.each<[string, Partial<PodcastChapterFacts>, string[]]>([
    ['a list in the order of time', { chapters: [chapter('B', 20_500), chapter('A', 10_000)] }, ['10 A', '20.5 B']],
    [
      'untimed chapters are not on the clock, their children may be',
      { chapters: [chapter('A', null, chapter('B', 5_000))] },
      ['5 B'],
    ],
    [
      'of those that begin together the innermost, with its parents',
      { chapters: [chapter('A', 1_000, chapter('B', 1_000, chapter('C', 1_000)), chapter('D', 2_000))] },
      ['1 A – B – C', '2 D'],
    ],
    [
      'the empty room can be skipped',
      { sittingStartsAtMs: 900_000, chapters: [chapter('A', 950_000)] },
      ['0 Avant la séance', '900 Séance', '950 A'],
    ],
    ['no empty room', { sittingStartsAtMs: 0, chapters: [chapter('A', 0)] }, ['0 A']],
    [
      'a suspension can be skipped, and then the interrupted chapter goes on',
      {
        chapters: [chapter('A', 10_000), chapter('B', 500_000)],
        suspensions: [{ startsAtMs: 100_000, endsAtMs: 400_000, evidence: 'announced' }],
      },
      ['10 A', '100 Suspension de séance', '400 A', '500 B'],
    ],
    [
      'a chapter keyed during the suspension does not end the skip, and goes on after it',
      {
        chapters: [chapter('A', 10_000), chapter('B', 390_000)],
        suspensions: [{ startsAtMs: 100_000, endsAtMs: 400_000, evidence: 'announced' }],
      },
      ['10 A', '100 Suspension de séance', '400 B'],
    ],
    [
      'a chapter that begins as the sitting resumes',
      {
        chapters: [chapter('A', 10_000), chapter('B', 400_000)],
        suspensions: [{ startsAtMs: 100_000, endsAtMs: 400_000, evidence: 'announced' }],
      },
      ['10 A', '100 Suspension de séance', '400 B'],
    ],
    ['nothing', {}, []],
  ])('%s', (_, facts, expected) => {
    expect(drawn(facts)).toEqual(expected);
  });

  it('whatever the times: valid, and strictly in order', () => {
    const time = fc.nat(1_000_000);
    fc.assert(
      fc.property(
        fc.array(fc.option(time), { maxLength: 12 }),
        fc.option(time),
        fc.array(fc.tuple(time, fc.integer({ min: 1, max: 60_000 })), { maxLength: 3 }),
        (starts, sittingStartsAtMs, gaps) => {
          const json: unknown = JSON.parse(
            JSON.stringify(
              toPodcastChapters({
                title: 'Séance',
                chapters: starts.map((start, index) => chapter(`Chapitre ${index}`, start)),
                suspensions: gaps.map(([at, lasts]) => ({ startsAtMs: at, endsAtMs: at + lasts, evidence: 'silence' })),
                sittingStartsAtMs,
                words: WORDS,
              }),
            ),
          );
          const { chapters } = Value.Parse(JsonChapters, json);
          for (const [index, { startTime }] of chapters.entries())
            expect(startTime).toBeGreaterThan(chapters[index - 1]?.startTime ?? -1);
        },
      ),
    );
  });
});
