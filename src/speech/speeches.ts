import type { RecordSpeaker } from '../portal/index.ts';
import type { SourceSpeaker } from '../sources/index.ts';
import type { ChapterKind } from './chapter-kinds.ts';
import { type Cue, isSpoken, isTimed } from './cue.ts';
import { namedPerson } from './named-person.ts';
import type { PlacedChapter } from './place-chapters.ts';

/** A turn: one person with the floor. */
export interface Speech {
  /** `PA…` or `nom-…`; null for a voice without a name of its own (`Plusieurs députés`). */
  speakerId: string | null;
  name: string;
  role: string | null;
  /** Null where nothing tells, as its end. */
  startsAtMs: number | null;
  endsAtMs: number | null;
  /** Null for one that only a chapter tells of. */
  speakingMs: number | null;
  /** Indexes of its first and last cue; null for one that only a chapter tells of. */
  cues: { first: number; last: number } | null;
  /** What it is about: the label of the innermost part of the debate it stands in. */
  chapterLabel: string | null;
  /** Its first words. */
  beginning: string | null;
  source: 'record' | 'chapters';
}

/** About three lines on a phone. */
const BEGINNING_LENGTH = 280;
/** Kinds that name who speaks, not what about. */
const OF_A_SPEAKER: readonly ChapterKind[] = ['intervention', 'question', 'answer', 'chair'];

/**
 * The speeches of a debate: from the record where there is one, else from the chapters that name somebody.
 * In the record a speech lasts as long as nobody else has the floor: interruptions do not end it, the chair does.
 */
export function speechesOf(
  cues: readonly Cue[],
  chapters: readonly PlacedChapter[],
  speakers: readonly SourceSpeaker[],
): Speech[] {
  return cues.some(({ speaker }) => speaker !== null) ? fromRecord(cues, chapters) : fromChapters(chapters, speakers);
}

function fromRecord(cues: readonly Cue[], chapters: readonly PlacedChapter[]): Speech[] {
  const speeches: Speech[] = [];
  let current: Speech | null = null;
  for (const [index, cue] of cues.entries()) {
    if (!isSpoken(cue) || cue.kind === 'interruption') continue;
    if (cue.speaker === null || cue.speaker.chair) {
      current = null;
      continue;
    }
    if (current === null || !isSame(current, cue.speaker)) {
      current = begin(cue, cue.speaker, index, chapters);
      speeches.push(current);
    } else extend(current, cue, index);
  }
  return speeches;
}

function isSame(speech: Speech, speaker: RecordSpeaker): boolean {
  return speech.speakerId === speaker.personId && (speaker.personId !== null || speech.name === speaker.name);
}

function begin(cue: Cue, { personId, name, role }: RecordSpeaker, index: number, chapters: readonly PlacedChapter[]) {
  const { startsAtMs, endsAtMs } = cue;
  const speech: Speech = {
    speakerId: personId,
    name,
    role,
    startsAtMs,
    endsAtMs,
    speakingMs: isTimed(cue) ? cue.endsAtMs - cue.startsAtMs : 0,
    cues: { first: index, last: index },
    chapterLabel: startsAtMs === null ? null : subjectAt(chapters, startsAtMs),
    beginning: shortened(cue.text),
    source: 'record',
  };
  return speech;
}

function extend(speech: Speech, cue: Cue, index: number): void {
  if (speech.cues !== null) speech.cues.last = index;
  if ((speech.beginning?.length ?? 0) < BEGINNING_LENGTH / 2) {
    speech.beginning = shortened(`${speech.beginning ?? ''} ${cue.text}`);
  }
  if (!isTimed(cue)) return;
  speech.startsAtMs ??= cue.startsAtMs;
  speech.endsAtMs = cue.endsAtMs;
  speech.speakingMs = (speech.speakingMs ?? 0) + cue.endsAtMs - cue.startsAtMs;
}

/** The innermost chapter at that time that is about a subject. */
function subjectAt(chapters: readonly PlacedChapter[], ms: number): string | null {
  let label: string | null = null;
  for (const chapter of chapters) {
    const { startsAtMs, endsAtMs, kind, children } = chapter;
    const covers = startsAtMs !== null && startsAtMs <= ms && (endsAtMs === null || endsAtMs > ms);
    if (covers && !OF_A_SPEAKER.includes(kind)) label = chapter.label;
    label = subjectAt(children, ms) ?? label;
  }
  return label;
}

function fromChapters(chapters: readonly PlacedChapter[], speakers: readonly SourceSpeaker[]): Speech[] {
  const byId = new Map(speakers.map((speaker) => [speaker.id, speaker]));
  const visit = (list: readonly PlacedChapter[], above: string | null): Speech[] =>
    list.flatMap((chapter) => {
      const subject = OF_A_SPEAKER.includes(chapter.kind) ? above : chapter.label;
      const own = chapter.kind === 'chair' ? [] : chapter.speakerIds.flatMap((id) => byId.get(id) ?? []);
      return [...own.flatMap((speaker) => ofChapter(chapter, speaker, subject)), ...visit(chapter.children, subject)];
    });
  return visit(chapters, null);
}

function ofChapter(chapter: PlacedChapter, speaker: SourceSpeaker, subject: string | null): Speech[] {
  const person = namedPerson(speaker);
  if (person === null) return [];
  const { startsAtMs, endsAtMs } = chapter;
  return [
    {
      speakerId: person.id,
      name: speaker.name,
      role: speaker.role,
      startsAtMs,
      endsAtMs,
      speakingMs: null,
      cues: null,
      chapterLabel: subject ?? chapter.label,
      beginning: null,
      source: 'chapters',
    },
  ];
}

function shortened(text: string): string {
  if (text.length <= BEGINNING_LENGTH) return text;
  return `${text.slice(0, BEGINNING_LENGTH).replace(/\s+\S*$/, '')}…`;
}
