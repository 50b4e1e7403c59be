import { randomBytes, randomUUID } from 'node:crypto';
import { type Accounts, type AccountsOptions, createAccounts } from '../../src/accounts/index.ts';
import { type Clock, systemClock } from '../../src/platform/clock/index.ts';
import type { Database } from '../../src/platform/database/index.ts';
import { type App, createHttpServer } from '../../src/platform/http/index.ts';
import { createLogger } from '../../src/platform/telemetry/index.ts';

export const PUBLIC_URL = 'https://robian.example';
export const ADMIN_TOKEN = 'operators-token-of-these-tests';

/** The room as the product makes it; each test says only what differs. */
export function openAccounts(
  database: Pick<Database, 'db' | 'listen'>,
  change: Partial<AccountsOptions> = {},
): Accounts {
  return createAccounts({
    database,
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    secret: 'Kx3vT9bQm2Zr8LwY5nHs7JdGf4PcAu6E',
    publicUrl: PUBLIC_URL,
    adminToken: ADMIN_TOKEN,
    newId: randomUUID,
    randomBytes,
    personalData: [],
    ...change,
  });
}

export function openApp(): Promise<App> {
  return createHttpServer({
    logger: createLogger({ level: 'silent' }),
    publicUrl: PUBLIC_URL,
    trustProxy: false,
    version: 'test',
  });
}

/** Real time, and what is added to it: the library has a clock of its own, so ours may only run ahead. */
export function clockAhead(): Clock & { advanceSeconds(seconds: number): void } {
  let aheadMs = 0;
  return {
    ...systemClock,
    now: () => new Date(Date.now() + aheadMs),
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    advanceSeconds: (seconds) => {
      aheadMs += seconds * 1000;
    },
  };
}

export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

export interface Tokens {
  account: { id: string; kind: string; email: string | null; role: string };
  access_token: string;
  refresh_token: string;
}

/** A sign-in over HTTP: a device account, or one with a new address. */
export async function signUp(app: App, credentials?: { email: string; password: string }): Promise<Tokens> {
  const answer = await app.inject({
    method: 'POST',
    url: credentials ? '/api/auth/register' : '/api/auth/device',
    ...(credentials ? { payload: credentials } : {}),
  });
  if (answer.statusCode !== 201) throw new Error(`sign-up answered ${answer.statusCode}: ${answer.body}`);
  return answer.json();
}

let listeners = 0;
/** An address and a password that no other test has. */
export function newCredentials(): { email: string; password: string } {
  listeners += 1;
  return { email: `listener${listeners}@example.org`, password: 'deux chaises et un perchoir' };
}
