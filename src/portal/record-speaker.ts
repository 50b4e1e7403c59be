/** Who speaks, as the record says it. */
export interface RecordSpeaker {
  /** As printed: `Mme la présidente`, `M. Paul Exemple`, `Un député du groupe …`. Never derived from the id: one id has several names. */
  name: string;
  /** `rapporteur pour avis`, `Premier ministre`; null when none. */
  role: string | null;
  /** `PA…` in the open data; null for a collective or anonymous voice, a pseudo-actor, or several people at once. */
  personId: string | null;
  /** Speaks from the chair. The chair has its own person id but is named by its function. */
  chair: boolean;
}

/** One `<orateur>` as read; texts trimmed, empty when absent. */
export interface RawOrator {
  name: string;
  id: string;
  role: string;
}

/** `M. le président`, `Mme la présidente`, alone: `M. le président de la commission` does not chair the sitting. */
const CHAIR_NAME = /^(?:M\.|Mme) (?:le président|la présidente)\.?$/i;

/**
 * Applies the rules of the record to a paragraph's `id_acteur`, `roledebat` and orators:
 * `id_acteur` wins over `<id>`; `0` and `PA0` are collective or anonymous, even when `<id>` is positive;
 * a negative number is a pseudo-actor outside the directory. Null when nobody is named.
 */
export function identifySpeaker(
  actorId: string | undefined,
  debateRole: string | undefined,
  orators: readonly RawOrator[],
): RecordSpeaker | null {
  const named = orators.filter((orator) => orator.name !== '');
  const [first] = named;
  if (first === undefined) return null;
  const several = named.length > 1;
  return {
    name: named.map((orator) => orator.name).join(', '),
    role: several || first.role === '' ? null : first.role,
    personId: several ? null : personIdOf(actorId?.trim() || first.id),
    chair: !several && (debateRole === 'president' || CHAIR_NAME.test(first.name)),
  };
}

function personIdOf(id: string): string | null {
  const number = /^(?:PA)?([1-9]\d{0,11})$/.exec(id.trim())?.[1];
  return number === undefined ? null : `PA${number}`;
}
