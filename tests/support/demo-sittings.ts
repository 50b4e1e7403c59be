import { demoSittings, type FilmedSitting, type Sitting } from '../../src/demo/index.ts';

/** A Thursday in session, summer time: 14:00 in Paris. */
export const NOW = new Date('2026-10-08T12:00:00Z');
export const SITTINGS: readonly Sitting[] = demoSittings(NOW);

/** The one whose title contains `words`. */
export function filmed(words: string): FilmedSitting {
  for (const sitting of SITTINGS) {
    if (sitting.state !== 'announced' && sitting.title.includes(words)) return sitting;
  }
  throw new Error(`no filmed sitting is about ${words}`);
}
