/** A part of all debates, drawn once and for ever. */
export interface SampleStep {
  /** The mark its debates have; null: all. */
  mark: string | null;
  /** Debates that each of it stands for. */
  standsFor: number;
  /** With so many hits in it, it is counted in; with fewer the next, larger one is. */
  enough: number;
}

/**
 * A count of 64 is right within an eighth two times of three (1 / √64), and the next sample, eight times larger, then holds
 * about 500 hits at most: some milliseconds, whatever the size of the register.
 */
const ENOUGH = 64;

/** From the smallest; the last is no sample. */
export const SAMPLES: readonly [SampleStep, SampleStep, SampleStep, SampleStep] = [
  { mark: '~9', standsFor: 512, enough: ENOUGH },
  { mark: '~6', standsFor: 64, enough: ENOUGH },
  { mark: '~3', standsFor: 8, enough: ENOUGH },
  { mark: null, standsFor: 1, enough: 0 },
];
