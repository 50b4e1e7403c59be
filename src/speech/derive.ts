import type { CaptionCue, RecordParagraph, Synchro } from '../portal/index.ts';
import type { SourceChapter, SourceSpeaker } from '../sources/index.ts';
import type { ChapterKind } from './chapter-kinds.ts';
import { type Cue, isSpoken } from './cue.ts';
import { mergeCues } from './cues.ts';
import { type NamedPerson, namedPerson } from './named-person.ts';
import { type PlacedChapter, placeChapters } from './place-chapters.ts';
import { type SittingStart, sittingStart } from './sitting-start.ts';
import { type SpeakingTime, speakingTime } from './speaking-time.ts';
import { type Speech, speechesOf } from './speeches.ts';
import { findSuspensions, type Suspension } from './suspensions.ts';

/** All that is known of who spoke when in a debate, and of what was said. */
export interface SpeechFacts {
  chapters: readonly SourceChapter[];
  speakers: readonly SourceSpeaker[];
  /** Null while the sound was not measured. */
  durationSeconds: number | null;
  synchros: readonly Synchro[];
  captions: readonly CaptionCue[];
  paragraphs: readonly RecordParagraph[];
  /** Where the recording stops being silent, in milliseconds, where that was measured. */
  silenceEndsAtMs: number | null;
  /** Political groups (`PO…`) on the day of the debate, by person (`PA…`); who is absent sits in none. */
  groups: ReadonlyMap<string, string>;
}

export interface DerivedSpeech {
  chapters: PlacedChapter[];
  suspensions: Suspension[];
  cues: Cue[];
  speeches: Speech[];
  speakingTime: SpeakingTime;
  start: SittingStart | null;
  /** Everybody who is named, each once. */
  people: NamedPerson[];
  /** What it was about: titles of chapters that name a subject. */
  subjects: string[];
  /** Null: nothing was published of what was said. */
  wordSource: 'record' | 'captions' | 'record+captions' | null;
}

/**
 * Raise it when the same documents say something else to us than before: everything is then derived again from what is
 * stored, and nothing is fetched for it.
 */
export const DERIVATION_RULES = 1;

/** Derives all that the speech room publishes of a debate from what was observed. Pure: the same facts, the same answer. */
export function deriveSpeech(facts: SpeechFacts): DerivedSpeech {
  const durationMs = facts.durationSeconds === null ? null : Math.round(facts.durationSeconds * 1000);
  const chapters = placeChapters(facts.chapters, facts.synchros, durationMs);
  const cues = mergeCues(facts.paragraphs, facts.captions, durationMs);
  return {
    chapters,
    suspensions: findSuspensions(cues),
    cues,
    speeches: speechesOf(cues, chapters, facts.speakers),
    speakingTime: speakingTime(cues, (personId) => facts.groups.get(personId) ?? null),
    start: sittingStart({
      chapters,
      recordTimesMs: facts.paragraphs.map(({ startsAtMs }) => startsAtMs),
      captions: facts.captions,
      silenceEndsAtMs: facts.silenceEndsAtMs,
    }),
    people: everybody(facts.speakers, cues),
    subjects: subjectsOf(chapters),
    wordSource: wordSource(cues),
  };
}

/** Kinds whose label says what is talked about, and not by whom or where in a text. */
const SUBJECT_KINDS: readonly ChapterKind[] = ['text', 'question_title', 'tribute', 'other'];

function subjectsOf(chapters: readonly PlacedChapter[]): string[] {
  return chapters.flatMap(({ kind, label, children }) => [
    ...(SUBJECT_KINDS.includes(kind) ? [label] : []),
    ...subjectsOf(children),
  ]);
}

/** The directory of the debate first: it gives names in full where the record may say only a function. */
function everybody(speakers: readonly SourceSpeaker[], cues: readonly Cue[]): NamedPerson[] {
  const people = new Map<string, NamedPerson>();
  const inRecord = cues.flatMap(({ speaker }) =>
    speaker !== null && speaker.personId !== null && !speaker.chair ? [speaker] : [],
  );
  for (const speaker of [...speakers, ...inRecord]) {
    const person = namedPerson(speaker);
    if (person !== null && !people.has(person.id)) people.set(person.id, person);
  }
  return [...people.values()];
}

function wordSource(cues: readonly Cue[]): DerivedSpeech['wordSource'] {
  const sources = new Set(cues.filter(isSpoken).map(({ source }) => source));
  if (sources.size === 2) return 'record+captions';
  return [...sources][0] ?? null;
}
