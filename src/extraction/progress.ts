/** How far a worker is, in what the step is measured by; null where the source does not tell the whole. */
export type Advance =
  | { step: 'fetching'; doneBytes: number; totalBytes: number | null; doneSeconds?: number; totalSeconds?: number }
  | { step: 'copying'; doneSeconds: number; totalSeconds: number | null }
  | { step: 'verifying'; doneBytes: number; totalBytes: number }
  | { step: 'publishing' };

export type Step = Advance['step'];

/**
 * Where each step begins and ends, in percent of the run: fetching is nearly all of it, on any line slower than the disk.
 * What is over is 100 by its state, never by its measure.
 */
const SPANS: Readonly<Record<Step, readonly [from: number, to: number]>> = {
  fetching: [0, 90],
  copying: [90, 95],
  verifying: [95, 99],
  publishing: [99, 99],
};

/** Percent of the run (0..99), from bytes or media time and never from the clock; null while the whole is unknown. */
export function percentOf(advance: Advance): number | null {
  const [from, to] = SPANS[advance.step];
  const share = shareOf(advance);
  return share === null ? null : from + (to - from) * Math.min(1, Math.max(0, share));
}

function shareOf(advance: Advance): number | null {
  switch (advance.step) {
    case 'fetching':
      // A playlist tells its length in seconds only.
      return advance.totalBytes === null
        ? ratio(advance.doneSeconds ?? 0, advance.totalSeconds ?? null)
        : ratio(advance.doneBytes, advance.totalBytes);
    case 'copying':
      return ratio(advance.doneSeconds, advance.totalSeconds);
    case 'verifying':
      return ratio(advance.doneBytes, advance.totalBytes);
    case 'publishing':
      return 1;
  }
}

function ratio(done: number, total: number | null): number | null {
  return total === null || total <= 0 ? null : done / total;
}

/** Estimates when a run will be done from how fast its percentage grew lately. */
export interface EtaEstimator {
  /** Takes a measure at `nowMs` (monotonic); gives whole seconds still to go, null while too little is known. */
  secondsLeft(percent: number | null, nowMs: number): number | null;
}

/** Long enough to even out a stalled connection, short enough to notice a changed line, in ms. */
const ETA_WINDOW_MS = 20_000;
/** From less, an estimate would jump about, in ms. */
const ETA_MIN_MS = 1_500;
/** Measures kept; at one a second the window holds 20. */
const ETA_MAX_MEASURES = 64;

export function createEtaEstimator(): EtaEstimator {
  let measures: { percent: number; atMs: number }[] = [];
  return {
    secondsLeft: (percent, nowMs) => {
      if (percent === null) return null;
      // A step back (another source, a file begun again) makes what was measured before meaningless.
      if (percent < (measures.at(-1)?.percent ?? 0)) measures = [];
      measures = measures.filter(({ atMs }) => nowMs - atMs <= ETA_WINDOW_MS).slice(-ETA_MAX_MEASURES);
      measures.push({ percent, atMs: nowMs });
      const [oldest] = measures;
      if (oldest === undefined || nowMs - oldest.atMs < ETA_MIN_MS || percent <= oldest.percent) return null;
      const percentPerMs = (percent - oldest.percent) / (nowMs - oldest.atMs);
      return Math.ceil((100 - percent) / percentPerMs / 1000);
    },
  };
}
