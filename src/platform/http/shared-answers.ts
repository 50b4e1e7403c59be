import type { SharedTier } from '../cache/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Redis } from '../redis/index.ts';
import type { Answer } from './representation.ts';

interface Header {
  head: Answer['head'];
  /** On the wall clock, which the machines of one cluster keep within a second of each other. */
  expiresAtMs: number;
}

/**
 * Answers that processes share through Redis: a line of JSON, then the body as it is.
 * @param space parts installations and versions whose answers differ for the same address
 */
export function createSharedAnswers(options: { redis: Redis; clock: Clock; space: string }): SharedTier<Answer> {
  const { redis, clock, space } = options;
  const nameOf = (key: string): string => `robian:answer:${space}:${key}`;
  return {
    get: async (key) => {
      const stored = await redis.get(nameOf(key));
      if (!stored) return null;
      const end = stored.indexOf('\n');
      const header = JSON.parse(stored.toString('utf8', 0, end)) as Header;
      const ttlSeconds = (header.expiresAtMs - clock.now().getTime()) / 1000;
      if (ttlSeconds <= 0) return null;
      return { value: { head: header.head, body: stored.subarray(end + 1), made: {} }, ttlSeconds };
    },
    set: async (key, answer, ttlSeconds) => {
      const header: Header = { head: answer.head, expiresAtMs: clock.now().getTime() + ttlSeconds * 1000 };
      await redis.set(
        nameOf(key),
        Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), answer.body]),
        Math.ceil(ttlSeconds),
      );
    },
  };
}
