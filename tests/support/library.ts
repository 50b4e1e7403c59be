import { randomBytes, randomUUID } from 'node:crypto';
import { type Accounts, registerAccountsRoutes } from '../../src/accounts/index.ts';
import { createDebates, type Debates } from '../../src/debates/index.ts';
import { createLibrary, type Library, registerLibraryRoutes } from '../../src/library/index.ts';
import type { Clock } from '../../src/platform/clock/index.ts';
import { createEvents, type Events } from '../../src/platform/events/index.ts';
import type { App } from '../../src/platform/http/index.ts';
import { bearer, clockAhead, openAccounts, openApp, PUBLIC_URL, signUp } from './accounts.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';
import { sampleDebate } from './sample-debate.ts';

export interface LibraryBench {
  database: TestDatabase;
  events: Events;
  debates: Debates;
  library: Library;
  accounts: Accounts;
  app: App;
  clock: Clock & { advanceSeconds(seconds: number): void };
  /** A new listener's way to ask. */
  listener(): Promise<Listener>;
  close(): Promise<void>;
}

export interface Listener {
  id: string;
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: object,
  ): Promise<Awaited<ReturnType<App['inject']>>>;
}

/** The library over HTTP with a register of debates `1_a` to `6_a`, and the accounts that own it. */
export async function openLibraryBench(): Promise<LibraryBench> {
  const database = await openTestDatabase();
  const events = createEvents({ database, onError: () => undefined });
  const debates = createDebates({ db: database.db, events });
  const clock = clockAhead();
  const library = createLibrary({
    db: database.db,
    debates,
    clock,
    publicUrl: PUBLIC_URL,
    newId: randomUUID,
    randomBytes,
  });
  const accounts = openAccounts(database, { clock, personalData: [library.personalData] });
  const app = await openApp();
  registerAccountsRoutes(app, { accounts, clock });
  registerLibraryRoutes(app, { library, accounts, debates, publicUrl: PUBLIC_URL });
  for (let number = 1; number <= 6; number += 1) await debates.record(sampleDebate(`${number}_a`));
  return {
    database,
    events,
    debates,
    library,
    accounts,
    app,
    clock,
    listener: async () => {
      const tokens = await signUp(app);
      return {
        id: tokens.account.id,
        ask: (method, path, payload) =>
          app.inject({
            method,
            url: `/api/${path}`,
            headers: bearer(tokens.access_token),
            ...(payload === undefined ? {} : { payload }),
          }),
      };
    },
    close: async () => {
      await app.close();
      await events.close();
      await database.close();
    },
  };
}
