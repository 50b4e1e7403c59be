import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { systemClock } from '../../src/platform/clock/index.ts';
import { migrate, openDatabase } from '../../src/platform/database/index.ts';

export interface DatabaseTemplate {
  /** Embedded: a data folder to copy. PostgreSQL: a database to clone. */
  dataDir: string;
  name: string;
  serverUrl: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    databaseTemplate: DatabaseTemplate;
  }
}

/** Builds one migrated, empty database a run; each test clones it instead of waiting seconds for its own. */
export default async function prepareDatabases(project: TestProject): Promise<() => Promise<void>> {
  const serverUrl = process.env.TEST_DATABASE_URL ?? null;
  const dataDir = mkdtempSync(join(tmpdir(), 'robian-template-'));
  const name = `robian_template_${process.pid}`;
  if (serverUrl !== null) await onServer(serverUrl, [`create database ${name}`]);
  const url = serverUrl === null ? undefined : withDatabase(serverUrl, name);
  const database = await openDatabase({
    url,
    dataDir,
    clock: systemClock,
    onFatal: rethrow,
    onWarning: () => undefined,
  });
  await migrate(database.db);
  await database.close();
  project.provide('databaseTemplate', { dataDir, name, serverUrl });
  return async () => {
    rmSync(dataDir, { recursive: true, force: true });
    if (serverUrl !== null) await onServer(serverUrl, [`drop database if exists ${name} with (force)`]);
  };
}

export async function onServer(serverUrl: string, statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

export function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function rethrow(error: Error): void {
  throw error;
}
