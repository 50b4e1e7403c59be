/** Tags whose last change is remembered one by one; beyond it, the oldest are taken for changed a little later than they were. */
const TAGS_MAX = 20_000;

/**
 * When each tag last changed, counted in event numbers, which are the same in every process and only grow. What was computed
 * after event n is true until a later event touches one of its tags: so a number in a shared key is all it takes for no process
 * to be served what another computed before a change.
 */
export function createTagClock(tagsMax = TAGS_MAX) {
  const changedAt = new Map<string, number>();
  /** For tags that are not in the map; null until it is known from where events are followed. */
  let others: number | null = null;

  return {
    /** Changes before this event number are not known one by one. */
    startAt(eventId: number): void {
      others = Math.max(others ?? 0, eventId);
    },
    touch(tag: string, eventId: number): void {
      const latest = Math.max(changedAt.get(tag) ?? 0, eventId);
      // Set anew so that the map stays in order of change.
      changedAt.delete(tag);
      changedAt.set(tag, latest);
      if (changedAt.size <= tagsMax) return;
      const [oldest] = changedAt;
      if (!oldest) return;
      changedAt.delete(oldest[0]);
      others = Math.max(others ?? 0, oldest[1]);
    },
    /** The last event that changed any of these tags; null while events are not followed. */
    latest(tags: readonly string[]): number | null {
      if (others === null) return null;
      let latest = 0;
      for (const tag of tags) latest = Math.max(latest, changedAt.get(tag) ?? others);
      return latest;
    },
  };
}
