/** What one device said at one moment. */
export interface Heard {
  positionMs: number;
  finished: boolean;
  deviceId: string;
  /** By the device's clock, ms since 1970. */
  recordedAtMs: number;
  /** The same, but never after it reached us. */
  heardAtMs: number;
}

/** Where a listener is in a debate, from all that was ever said of it. */
export interface Position {
  latest: Heard;
  furthestMs: number;
  /** The longest that any device told. */
  durationMs: number | null;
  /** The last time it was heard to the end. */
  finishedAtMs: number | null;
}

/** @param durationMs of the debate, where the device told it */
export function positionOf(heard: Heard, durationMs: number | null): Position {
  return {
    latest: heard,
    furthestMs: heard.positionMs,
    durationMs,
    finishedAtMs: heard.finished ? heard.heardAtMs : null,
  };
}

/**
 * What is known from both (docs/POSITIONS.md). Each part is the greater of two in a total order, so neither the order in which
 * devices are heard, nor how their reports are grouped, nor hearing one twice, changes what comes out.
 */
export function mergePositions(one: Position, other: Position): Position {
  return {
    latest: isLater(one.latest, other.latest) ? one.latest : other.latest,
    furthestMs: Math.max(one.furthestMs, other.furthestMs),
    durationMs: greater(one.durationMs, other.durationMs),
    finishedAtMs: greater(one.finishedAtMs, other.finishedAtMs),
  };
}

/**
 * When a device may be believed to have recorded something: a clock that runs ahead must not win over every other device
 * until its future has come.
 */
export function clampToPresent(recordedAtMs: number, receivedAtMs: number): number {
  return Math.min(recordedAtMs, receivedAtMs);
}

/** By time; what is told at the same time is settled by the rest of it, so that the answer is one everywhere. */
function isLater(one: Heard, other: Heard): boolean {
  return compareKeys(orderOf(one), orderOf(other)) > 0;
}

function orderOf(heard: Heard): (number | string)[] {
  const { heardAtMs, recordedAtMs, positionMs, finished, deviceId } = heard;
  return [heardAtMs, recordedAtMs, positionMs, finished ? 1 : 0, deviceId];
}

function compareKeys(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? value;
    if (value !== against) return value > against ? 1 : -1;
  }
  return 0;
}

function greater(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
