/** Windows of the trends, and the time in which a play loses half its weight there: half the window. In hours. */
export const HALF_LIFE_HOURS = { day: 12, week: 84, month: 360 } as const;
export type TrendWindow = keyof typeof HALF_LIFE_HOURS;
export const TREND_WINDOWS = ['day', 'week', 'month'] as const satisfies readonly TrendWindow[];

const HOUR_MS = 3_600_000;

/** Below this nobody calls it a trend: what is left of a single play after twice the window. */
export const SCORE_MIN = 1 / 16;

/** The present in half-lives of a window, since 1970. */
export function halfLives(window: TrendWindow, at: Date): number {
  return at.getTime() / (HALF_LIFE_HOURS[window] * HOUR_MS);
}

/**
 * The trend of plays that are counted now. Their score is their number at first and halves with each half-life; its logarithm
 * falls by 1, while the present moves on by 1: the sum of both stays, so it is what is stored and compared.
 */
export function trendOf(plays: number, window: TrendWindow, at: Date): number {
  return Math.log2(plays) + halfLives(window, at);
}

/** What the plays behind a trend weigh at a moment. */
export function scoreOf(trend: number, window: TrendWindow, at: Date): number {
  return 2 ** (trend - halfLives(window, at));
}
