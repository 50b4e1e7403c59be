import { textKey } from '../debates/index.ts';
import type { SourceSpeaker } from '../sources/index.ts';

/** Somebody whom a debate names. */
export interface NamedPerson {
  /** `PA…`, or `nom-…` for who is in no directory. */
  id: string;
  civility: string | null;
  /** Without the civility. */
  name: string;
  role: string | null;
}

const CIVILITY = /^(M\.|Mme|Mlle)\s*/;

/**
 * Who a name typed in a debate stands for. Those without a number in the Assembly's directory (guests, most ministers)
 * are known by their name alone: two guests of one name are one person, and there is no telling them apart.
 * Null when there is no name.
 */
export function namedPerson(speaker: Pick<SourceSpeaker, 'name' | 'personId' | 'role'>): NamedPerson | null {
  const civility = CIVILITY.exec(speaker.name)?.[1] ?? null;
  const name = speaker.name.replace(CIVILITY, '').trim();
  const slug = textKey(name).replaceAll(' ', '-');
  if (slug === '') return null;
  return { id: speaker.personId ?? `nom-${slug.slice(0, MAX_SLUG)}`, civility, name, role: speaker.role };
}

/** Ids stay short enough to be part of an address. */
const MAX_SLUG = 80;
