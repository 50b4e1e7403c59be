const DAY_SECONDS = 86_400;

/** How long a stolen access token is of use where the news of its end does not arrive; also the pace of refreshes. */
export const ACCESS_TOKEN_SECONDS = 600;

/**
 * A sign-in that is not used for this long ends. For a device account the refresh token is the only key, and a listener who
 * comes back for the next budget debates, a year later, should find their favourites.
 */
export const SESSION_IDLE_SECONDS = 400 * DAY_SECONDS;

/** Long enough that clients seldom meet a new signing key, short enough that rotation is exercised. */
export const SIGNING_KEY_SECONDS = 90 * DAY_SECONDS;

/** Used refresh tokens are remembered this long: a thief who waits longer is refused, but no longer noticed. */
export const USED_TOKEN_SECONDS = 30 * DAY_SECONDS;

/** A client that lost the answer to a refresh asks again at its next start; a day covers a night without network. */
export const REPEAT_SECONDS = DAY_SECONDS;

/** Phones, tablets and browsers of one household; beyond it the oldest sign-in ends. */
export const SESSIONS_MAX = 50;

/** NIST SP 800-63B-4 §3.1.1 asks 8 beside another factor, 15 alone; behind it here are favourites, in front of it a limiter. */
export const PASSWORD_MIN = 10;
/** Beyond it nothing is gained, and hashing must not become a way to burn our processor. */
export const PASSWORD_MAX = 128;

/** RFC 5321 §4.5.3.1.3: the longest path, brackets left out. */
export const EMAIL_MAX = 254;
/**
 * What the library takes for an address at sign-in (zod's `regexes.email`): one that we took and it refuses could never be used.
 */
export const EMAIL_PATTERN =
  "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9-]*\\.)+[A-Za-z]{2,}$";

/** One a machine, script and person on duty of a large installation. */
export const API_KEYS_MAX = 50;
export const API_KEY_MAX_DAYS = 366;

/** Device accounts that nobody can enter any more are erased, this many a run so that no run is long. */
export const PRUNE_BATCH = 200;

/** Tells our keys from other tokens without asking the database. */
export const API_KEY_PREFIX = 'robian_';
