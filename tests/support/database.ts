import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { systemClock } from '../../src/platform/clock/index.ts';
import { type Database, openDatabase } from '../../src/platform/database/index.ts';
import { onServer, withDatabase } from './prepare-databases.ts';

export interface TestDatabase extends Database {
  /** A folder of the test's own, removed on close. */
  dataDir: string;
  /** Present where the database is a server: for tests that open it several times. */
  url: string | undefined;
}

/** A migrated, empty database of the test's own: embedded, or on the server that TEST_DATABASE_URL names. Close it. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const template = inject('databaseTemplate');
  const dataDir = mkdtempSync(join(tmpdir(), 'robian-test-'));
  const name = `robian_test_${randomUUID().replaceAll('-', '')}`;
  let url: string | undefined;
  if (template.serverUrl === null) {
    cpSync(join(template.dataDir, 'database'), join(dataDir, 'database'), { recursive: true });
  } else {
    await onServer(template.serverUrl, [`create database ${name} template ${template.name}`]);
    url = withDatabase(template.serverUrl, name);
  }
  const failures: Error[] = [];
  const database = await openDatabase({
    url,
    dataDir,
    clock: systemClock,
    onFatal: (error) => failures.push(error),
    onWarning: (error) => failures.push(error),
  });
  return {
    ...database,
    dataDir,
    url,
    close: async () => {
      await database.close();
      if (template.serverUrl !== null) await dropDatabase(template.serverUrl, name);
      rmSync(dataDir, { recursive: true, force: true });
      if (failures.length > 0) throw new AggregateError(failures, 'the database reported errors during the test');
    },
  };
}

/** Sessions that a test has closed need a moment to leave; ending them by force would be an error in the middle of their work. */
const LEAVE_ATTEMPTS = 50;
const LEAVE_EVERY_MS = 100;

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  for (let attempt = 0; attempt < LEAVE_ATTEMPTS; attempt += 1) {
    try {
      await onServer(serverUrl, [`drop database ${name}`]);
      return;
    } catch {
      await systemClock.sleep(LEAVE_EVERY_MS);
    }
  }
  await onServer(serverUrl, [`drop database if exists ${name} with (force)`]);
}
