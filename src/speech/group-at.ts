import type { Mandate } from '../portal/index.ts';

/**
 * The political group (`PO…`) a person belonged to on a day, `YYYY-MM-DD`: the organ of the `GP` mandate in force.
 * On the day of a change of group, the new one. Null for those who sit in none and for who is no deputy.
 */
export function groupAt(mandates: readonly Mandate[], day: string): string | null {
  const inForce = mandates.filter(
    ({ organType, startsOn, endsOn }) =>
      organType === 'GP' && (startsOn === null || startsOn <= day) && (endsOn === null || endsOn >= day),
  );
  // Two mandates in one group (member, then its president) begin on different days and name the same organ.
  const latest = inForce.toSorted((a, b) => (b.startsOn ?? '').localeCompare(a.startsOn ?? ''))[0];
  return latest?.organIds[0] ?? null;
}
