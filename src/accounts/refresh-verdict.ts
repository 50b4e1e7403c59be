import { REPEAT_SECONDS } from './limits.ts';

/**
 * `rotate`: exchange it. `repeat`: the client says again what it said before, the answer was lost: exchange it once more.
 * `reused`: somebody else has a copy: end the session. `expired`: the session is over.
 */
export type RefreshVerdict = 'rotate' | 'repeat' | 'reused' | 'expired';

export interface PresentedToken {
  usedAt: Date | null;
  /** Of the exchange it was used in; null when the client gave none. */
  attemptSha256: string | null;
  /** The token it was exchanged for was not used yet. */
  successorUnused: boolean;
  sessionExpiresAt: Date;
}

/**
 * What to do with a refresh token that we once gave (RFC 9700 §4.14.2). A used one that comes back ends the session, except
 * where the client proves that it is the one that used it, by the same Idempotency-Key, and has not gone on since: a phone
 * that lost the answer in a tunnel must not lose its account.
 */
export function judgeRefresh(
  token: PresentedToken,
  request: { now: Date; attemptSha256: string | null },
): RefreshVerdict {
  if (token.sessionExpiresAt <= request.now) return 'expired';
  if (token.usedAt === null) return 'rotate';
  const sameAttempt = request.attemptSha256 !== null && request.attemptSha256 === token.attemptSha256;
  const recent = request.now.getTime() - token.usedAt.getTime() <= REPEAT_SECONDS * 1000;
  return sameAttempt && recent && token.successorUnused ? 'repeat' : 'reused';
}
