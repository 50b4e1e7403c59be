import type { SourceDebate } from '../../src/sources/index.ts';
import { sampleDebate } from './sample-debate.ts';

/** Words without meaning, half of every French sentence. */
const SMALL_WORDS =
  'le la les un une de du des à au aux et en dans que qui pour sur avec par ne pas nous vous il'.split(' ');
const SYLLABLES = 'ba ce di fo gu la me ni po ru sa te vi zo chan cou fer lin mar pon ror tain vel bron'.split(' ');
const VOCABULARY = 20_000;
const WORDS_A_SENTENCE = 16;
/** Flattens the top of Zipf's law, so that the most common word stands in about one sentence of ten. */
const SHIFT = 10;
const CHAIR_SHARE = 0.15;

/** Sentences for measuring: always the same for one seed. */
export function randomSpeech({ seed, people }: { seed: number; people: number }) {
  const random = mulberry32(seed);
  const vocabulary = Array.from({ length: VOCABULARY }, (_, rank) => wordOf(rank));
  const cumulative: number[] = [];
  let total = 0;
  for (let rank = 0; rank < VOCABULARY; rank += 1) {
    total += 1 / (rank + SHIFT);
    cumulative.push(total);
  }
  const anyWord = (): string => vocabulary[positionOf(cumulative, random() * total)] ?? '';
  const personNumber = (): number => (random() < CHAIR_SHARE ? 0 : Math.floor(random() * people));

  return {
    /** A word of the given ranks of frequency, 0 being the most common. */
    word: (from: number, to: number): string => vocabulary[from + Math.floor(random() * (to - from))] ?? '',
    person: (): string => `PA${1_000 + Math.floor(random() * people)}`,
    sentence: () => {
      const number = personNumber();
      const words = Array.from({ length: WORDS_A_SENTENCE }, (_, index) =>
        index % 2 === 0 ? (SMALL_WORDS[Math.floor(random() * SMALL_WORDS.length)] ?? '') : anyWord(),
      );
      return {
        speaker_name: `M. Orateur ${number}`,
        person_id: `PA${1_000 + number}`,
        group_id: `PO${100 + (number % 11)}`,
        text: `${words.join(' ')}.`,
      };
    },
    /** Any whole number from 0. */
    below: (limit: number): number => Math.floor(random() * limit),
    /** So many words as a text has them, half of them small. */
    words: (count: number): string =>
      Array.from({ length: count }, (_, index) =>
        index % 2 === 0 ? (SMALL_WORDS[Math.floor(random() * SMALL_WORDS.length)] ?? '') : anyWord(),
      ).join(' '),
    nameOf: (number: number): string => `${wordOf(number)} ${wordOf(VOCABULARY + number)}`,
    commission: (count: number): string => `des ${wordOf(Math.floor(random() * count))}`,
    debate: (id: string, startsAt: Date): SourceDebate => sampleDebate(id, { startsAt: startsAt.toISOString() }),
  };
}

/** The value below which the given share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10;
}

/** Pronounceable, and unlike any other word even without its ending: the number is written in syllables. */
function wordOf(rank: number): string {
  let word = '';
  for (let rest = rank + SYLLABLES.length ** 2; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    word += SYLLABLES[rest % SYLLABLES.length];
  }
  return `${word}k`;
}

function positionOf(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Public domain generator of 32 bits, by Tommy Ettinger: small, fast, and the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
