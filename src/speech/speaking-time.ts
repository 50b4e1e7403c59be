import { type Cue, isSpoken, isTimed } from './cue.ts';

/** How long each spoke in a debate, in milliseconds of the recording. */
export interface SpeakingTime {
  /** Longest first. */
  people: PersonSpeakingTime[];
  /** Longest first; `groupId` null gathers those of no group (ministers, guests, the unnamed). Without the chair. */
  groups: { groupId: string | null; speakingMs: number; people: number }[];
  /** All that was said and timed, the chair included. */
  totalMs: number;
  /** Share of the spoken characters that have a time, 0 to 1; 1 when nothing was said. Below 1 every time is too low. */
  timedShare: number;
}

interface PersonSpeakingTime {
  /** Null for those in no directory, who are told apart by name. */
  personId: string | null;
  name: string;
  groupId: string | null;
  /** With the floor, or interrupting; not from the chair. */
  speakingMs: number;
  /** Part of `speakingMs` said without the floor. */
  interruptingMs: number;
  /** From the chair. */
  chairingMs: number;
  /** Times that the person had the floor: sentences in a row count once, whoever interrupts in between. */
  turns: number;
}

/**
 * Adds up speaking times. The rule: a sentence counts from its start to its end (`repairTimes`: never longer than the
 * slowest speaker needs, so neither applause nor a suspension counts), for the person the record names. Sentences that
 * nobody is named for count in `totalMs` only; stage directions and headings count for nobody.
 */
export function speakingTime(cues: readonly Cue[], groupOf: (personId: string) => string | null): SpeakingTime {
  const people = new Map<string, PersonSpeakingTime>();
  let totalMs = 0;
  let spokenCharacters = 0;
  let timedCharacters = 0;
  let floor: PersonSpeakingTime | null = null;
  for (const cue of cues.filter(isSpoken)) {
    spokenCharacters += cue.text.length;
    if (isTimed(cue)) timedCharacters += cue.text.length;
    const lastsMs = isTimed(cue) ? cue.endsAtMs - cue.startsAtMs : 0;
    totalMs += lastsMs;
    const person = cue.speaker === null ? null : personOf(people, cue.speaker, groupOf);
    if (person === null || cue.speaker === null) continue;
    if (cue.speaker.chair) person.chairingMs += lastsMs;
    else person.speakingMs += lastsMs;
    if (cue.kind === 'interruption') person.interruptingMs += lastsMs;
    else {
      if (person !== floor && !cue.speaker.chair) person.turns += 1;
      floor = cue.speaker.chair ? null : person;
    }
  }
  return {
    people: [...people.values()].sort(longestFirst),
    groups: groupsOf([...people.values()]),
    totalMs,
    timedShare: spokenCharacters === 0 ? 1 : timedCharacters / spokenCharacters,
  };
}

function personOf(
  people: Map<string, PersonSpeakingTime>,
  speaker: { name: string; personId: string | null; chair: boolean },
  groupOf: (personId: string) => string | null,
): PersonSpeakingTime {
  const key = speaker.personId ?? `name ${speaker.name}`;
  let person = people.get(key);
  if (person === undefined) {
    const { personId, name } = speaker;
    const groupId = personId === null ? null : groupOf(personId);
    person = { personId, name, groupId, speakingMs: 0, interruptingMs: 0, chairingMs: 0, turns: 0 };
    people.set(key, person);
  }
  // "Mme la présidente" is a function; the same person's own name says more.
  if (!speaker.chair && CHAIR_NAME.test(person.name)) person.name = speaker.name;
  return person;
}

const CHAIR_NAME = /^(?:M\.|Mme) (?:le président|la présidente)\b/i;

/** Sums by group, longest first, of those who spoke; null gathers those of no group. */
export function groupsOf(
  people: readonly Pick<PersonSpeakingTime, 'groupId' | 'speakingMs'>[],
): SpeakingTime['groups'] {
  const speakers = people.filter(({ speakingMs }) => speakingMs > 0);
  return [...Map.groupBy(speakers, ({ groupId }) => groupId)]
    .map(([groupId, members]) => ({
      groupId,
      speakingMs: members.reduce((sum, { speakingMs }) => sum + speakingMs, 0),
      people: members.length,
    }))
    .sort((a, b) => b.speakingMs - a.speakingMs || (a.groupId ?? '').localeCompare(b.groupId ?? ''));
}

function longestFirst(a: PersonSpeakingTime, b: PersonSpeakingTime): number {
  return b.speakingMs - a.speakingMs || b.chairingMs - a.chairingMs || a.name.localeCompare(b.name, 'fr');
}
