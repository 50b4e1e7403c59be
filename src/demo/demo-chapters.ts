import { markStartsAtMs, type Recorded } from './recordings.ts';
import type { SittingChapter, SittingSpeaker } from './sitting.ts';

/** Invented people; deputy numbers of seven digits belong to nobody (real ones have at most six). */
const PEOPLE = {
  vautrain: { name: 'Mme Hélène Vautrain', role: null, deputyNumber: '9900001' },
  corvoisier: { name: 'M. Bastien Corvoisier', role: null, deputyNumber: '9900002' },
  kerleveo: { name: 'Mme Aude Kerlévéo', role: null, deputyNumber: '9900003' },
  belmadani: { name: 'M. Idriss Belmadani', role: null, deputyNumber: '9900004' },
  fauchereau: { name: 'Mme Odile Fauchereau-Lanoë', role: null, deputyNumber: '9900005' },
  transports: { name: 'M. Gaspard Vilmorain', role: 'ministre des transports', deputyNumber: '9900006' },
  ecole: { name: 'Mme Solène Tarrazit', role: 'ministre de l’éducation', deputyNumber: '9900007' },
  montaudouin: {
    name: 'Mme Clarisse Montaudouin',
    role: 'présidente de l’Observatoire des bibliothèques rurales',
    deputyNumber: '',
  },
} as const;
export type Person = keyof typeof PEOPLE;

/** The portal's own keys of chapter types. */
const TYPES = {
  texte: { key: 23, value: 'Texte' },
  articles: { key: 1, value: 'Discussion des articles' },
  article: { key: 2, value: 'Article' },
  rappel: { key: 3, value: 'Rappel au règlement' },
  intervention: { key: 7, value: 'Intervention' },
  chair: { key: 42, value: 'M. le président de séance' },
  questions: { key: 36, value: 'Questions au Gouvernement' },
  questionTitle: { key: 5, value: 'Titre question' },
  question: { key: 4, value: 'Question' },
  answer: { key: 6, value: 'Réponse' },
} as const;

/** A chapter as the operators of an invented sitting typed it: labels are as careless as theirs. */
export interface ChapterDraft {
  label: string;
  type: keyof typeof TYPES;
  /** The spoken line at which it begins; absent when nobody gave the chapter a time. */
  mark?: string;
  theme?: { key: number; value: string };
  speakers?: readonly Person[];
  chapters?: readonly ChapterDraft[];
}

/** Chapters and speakers with ids numbered after the media, as the portal numbers all it stores. */
export function chaptersOf(
  drafts: readonly ChapterDraft[],
  directory: readonly Person[],
  facts: Recorded | null,
  mediaId: number,
): { chapters: SittingChapter[]; speakers: SittingSpeaker[] } {
  let nextId = mediaId + 100;
  const speakerIds = new Map<Person, number>();
  for (const person of directory) {
    speakerIds.set(person, nextId);
    nextId += 1;
  }

  const build = (draft: ChapterDraft): SittingChapter => {
    const id = nextId;
    nextId += 1;
    return {
      id,
      label: draft.label,
      type: TYPES[draft.type],
      ...(draft.theme === undefined ? {} : { theme: draft.theme }),
      speakerIds: (draft.speakers ?? []).flatMap((person) => speakerIds.get(person) ?? []),
      startsAtMs: facts === null || draft.mark === undefined ? null : markStartsAtMs(facts, draft.mark),
      chapters: (draft.chapters ?? []).map(build),
    };
  };
  return {
    chapters: drafts.map(build),
    speakers: [...speakerIds].map(([person, id]) => ({ id, ...PEOPLE[person] })),
  };
}
