/**
 * How long words take, in milliseconds for a number of characters. French is spoken at some 12 to 18 characters a second
 * in the Chamber: a minute of the record holds 700 to 1,100 characters.
 */

/** The fastest anyone can be believed to speak: 25 characters a second, about 250 words a minute. */
export function shortestMs(characters: number): number {
  return Math.max(200, Math.ceil((characters * 1000) / 25));
}

/** The usual pace: 15 characters a second. */
export function usualMs(characters: number): number {
  return Math.max(500, Math.round((characters * 1000) / 15));
}

/** The slowest: 6 characters a second, with two seconds to breathe. Longer, nobody speaks any more. */
export function longestMs(characters: number): number {
  return 2_000 + Math.round((characters * 1000) / 6);
}
