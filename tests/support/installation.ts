import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { onServer, withDatabase } from './prepare-databases.ts';

/** A data folder and a migrated, empty database that processes may be started on, one after the other or together. */
export interface Installation {
  dataDir: string;
  /** DATA_DIR and, on a server, DATABASE_URL. */
  environment: Record<string, string>;
  remove(): Promise<void>;
}

/** `fresh`: nothing is there yet, not even the schema. */
export async function makeInstallation({ fresh = false } = {}): Promise<Installation> {
  const template = inject('databaseTemplate');
  const dataDir = mkdtempSync(join(tmpdir(), 'robian-e2e-'));
  const environment: Record<string, string> = { DATA_DIR: dataDir };
  const name = `robian_e2e_${randomUUID().replaceAll('-', '')}`;
  const { serverUrl } = template;
  if (serverUrl !== null) {
    await onServer(serverUrl, [`create database ${name}${fresh ? '' : ` template ${template.name}`}`]);
    environment.DATABASE_URL = withDatabase(serverUrl, name);
  } else if (!fresh) {
    cpSync(join(template.dataDir, 'database'), join(dataDir, 'database'), { recursive: true });
  }
  return {
    dataDir,
    environment,
    remove: async () => {
      if (serverUrl !== null) await onServer(serverUrl, [`drop database if exists ${name} with (force)`]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
