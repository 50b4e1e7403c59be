import type { CaptionCue, RecordParagraph } from '../portal/index.ts';
import { alignWords, wordKey } from './align-words.ts';
import { type CaptionWord, captionWords } from './caption-words.ts';
import { type Cue, isTimed } from './cue.ts';
import { type RecordSentence, recordSentences } from './record-sentences.ts';
import { type PlacedText, repairTimes } from './repair-times.ts';
import { splitSentences } from './split-sentences.ts';

/** A sentence takes its time from captions that have at least this share of its words. */
const MIN_ALIGNED_SHARE = 0.6;
/** Words of captions in a row that the record does not have: fewer are only a difference of wording. */
const MIN_MISSING_WORDS = 30;

/**
 * Puts what was said on the clock of the recording, from the edited record and the captions, either of which may be
 * missing.
 *
 * - Where both have the words, the record's are taken: it names speakers, interruptions and stage directions.
 * - A sentence starts where the captions have its words, else where the record says its paragraph starts, else where
 *   `repairTimes` puts it between its neighbours. Without any time at all it keeps none.
 * - What only the captions have (a record that is not complete yet) becomes cues of its own, with nobody named.
 * - A heading shares the time of the sentence after it.
 *
 * The answer is in the order of the record; what only captions have comes where its time falls.
 */
export function mergeCues(
  paragraphs: readonly RecordParagraph[],
  captions: readonly CaptionCue[],
  durationMs: number | null,
): Cue[] {
  const all = recordSentences(paragraphs);
  const sentences = all.filter(({ kind }) => kind !== 'heading');
  const words = captionWords(captions);
  const { startsAtMs, used } = alignSentences(sentences, words);
  const placed = repairTimes(
    sentences.map((sentence, index) => ({
      startsAtMs: startsAtMs[index] ?? sentence.startsAtMs,
      spokenLength: sentence.spoken ? sentence.text.length : 0,
    })),
    durationMs,
  );
  const cues = withHeadings(all, placed);
  return insertByTime(
    cues,
    missingRuns(words, used).flatMap((run) => captionCues(run, durationMs)),
  );
}

/** A heading is not said: it stands where the sentence after it stands. The places are those of all but headings. */
function withHeadings(sentences: readonly RecordSentence[], placed: readonly (PlacedText | null)[]): Cue[] {
  let next = placed.length;
  return sentences
    .toReversed()
    .map(({ kind, speaker, text }): Cue => {
      if (kind !== 'heading') next -= 1;
      const place = placed[next] ?? null;
      return {
        startsAtMs: place?.startsAtMs ?? null,
        endsAtMs: place?.endsAtMs ?? null,
        kind,
        speaker,
        text,
        source: 'record',
      };
    })
    .toReversed();
}

/** Where the captions say that each sentence begins, and which words of theirs the record has. */
function alignSentences(
  sentences: readonly RecordSentence[],
  words: readonly CaptionWord[],
): { startsAtMs: (number | null)[]; used: Set<number> } {
  const used = new Set<number>();
  if (words.length === 0) return { startsAtMs: [], used };
  const spoken = words.flatMap((word, index) => (word.key === '' ? [] : [{ ...word, index }]));
  const keys = sentences.map(({ text, spoken: said }) => (said ? text.split(' ').map(wordKey).filter(Boolean) : []));
  const matched = alignWords(
    keys.flat(),
    spoken.map(({ key }) => key),
  );
  let at = 0;
  const startsAtMs = keys.map((sentence) => {
    const from = at;
    at += sentence.length;
    const found = matched.subarray(from, at).filter((position) => position >= 0);
    for (const position of found) used.add(spoken[position]?.index ?? -1);
    // Only a first word tells where a sentence begins.
    const first = spoken[matched[from] ?? -1];
    return first !== undefined && found.length >= sentence.length * MIN_ALIGNED_SHARE ? first.startsAtMs : null;
  });
  return { startsAtMs, used };
}

/** Runs of captions that the record does not have. */
function missingRuns(words: readonly CaptionWord[], used: ReadonlySet<number>): CaptionWord[][] {
  const runs: CaptionWord[][] = [[]];
  for (const [index, word] of words.entries()) {
    // Lone punctuation belongs to what stands around it.
    if (used.has(index)) runs.push([]);
    else runs.at(-1)?.push(word);
  }
  const spokenWords = (run: readonly CaptionWord[]) => run.filter(({ key }) => key !== '').length;
  return runs.filter((run) => spokenWords(run) >= MIN_MISSING_WORDS || (used.size === 0 && spokenWords(run) > 0));
}

/** Sentences out of captions, which are cut anywhere: each begins with its first word and ends with its last. */
function captionCues(words: readonly CaptionWord[], durationMs: number | null): Cue[] {
  const text = words.map((word) => word.text).join(' ');
  const sentences = splitSentences(text.replace(/ (?=[.,)…])/g, ''));
  let characters = 0;
  const wordEnds = words.map((word) => {
    characters += word.text.length;
    return characters;
  });
  let at = 0;
  let said = 0;
  const starts = sentences.map((sentence) => {
    const startsAtMs = words[at]?.startsAtMs ?? null;
    said += sentence.replaceAll(' ', '').length;
    while (at < words.length && (wordEnds[at] ?? 0) <= said) at += 1;
    return { startsAtMs, spokenLength: sentence.length };
  });
  const places = repairTimes(starts, durationMs);
  return sentences.map((sentence, index) => ({
    startsAtMs: places[index]?.startsAtMs ?? null,
    endsAtMs: places[index]?.endsAtMs ?? null,
    kind: /^\(\p{Lu}[^()]*\)\.?$/u.test(sentence) ? 'stage-direction' : 'speech',
    speaker: null,
    text: sentence,
    source: 'captions',
  }));
}

/** Puts timed cues among others where their time falls, keeping the order of both, and ends each before the next. */
function insertByTime(cues: readonly Cue[], extra: readonly Cue[]): Cue[] {
  if (extra.length === 0) return [...cues];
  const merged: Cue[] = [];
  let taken = 0;
  for (const cue of cues) {
    while (isTimed(cue) && (extra[taken]?.startsAtMs ?? Number.POSITIVE_INFINITY) < cue.startsAtMs) {
      merged.push(...extra.slice(taken, taken + 1));
      taken += 1;
    }
    merged.push(cue);
  }
  merged.push(...extra.slice(taken));
  return endBeforeNext(merged);
}

function endBeforeNext(cues: readonly Cue[]): Cue[] {
  let nextStartsAtMs = Number.POSITIVE_INFINITY;
  return cues
    .toReversed()
    .map((cue) => {
      if (!isTimed(cue)) return cue;
      if (cue.kind === 'heading') return cue;
      const endsAtMs = Math.min(cue.endsAtMs, nextStartsAtMs);
      nextStartsAtMs = cue.startsAtMs;
      return { ...cue, endsAtMs };
    })
    .toReversed();
}
