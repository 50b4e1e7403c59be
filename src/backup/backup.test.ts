import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openTestDatabase } from '../../tests/support/database.ts';
import { onServer, withDatabase } from '../../tests/support/prepare-databases.ts';
import { openReplayedHouse, type ReplayedHouse } from '../../tests/support/replayed-house.ts';
import { systemClock } from '../platform/clock/index.ts';
import { type Database, type Db, knownMigrations, migrate, openDatabase } from '../platform/database/index.ts';
import { createLocalStorage } from '../vault/index.ts';
import type { ArchivedTable } from './archive.ts';
import { BackupDamaged, BackupRefused } from './errors.ts';
import {
  type BackupKeys,
  createFolderTarget,
  findBackup,
  lastBackup,
  listBackups,
  makeKeyFile,
  noteBackup,
  pruneBackups,
  readingBeside,
  readKeyFile,
  restoreBackup,
  type Taken,
  takeBackup,
  verifyBackup,
} from './index.ts';

const SECRET = { text: 'the secret of the installation under test', isKept: true };
const signal = new AbortController().signal;

let house: ReplayedHouse;
let folder: string;
let keys: BackupKeys;
const folders: string[] = [];
const temporary = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'robian-backup-'));
  folders.push(made);
  return made;
};

beforeAll(async () => {
  house = await openReplayedHouse();
  await house.ingest.takeWords({ signal });
  folder = temporary();
  const path = join(folder, 'key');
  writeFileSync(path, (await makeKeyFile(new Date())).text);
  keys = await readKeyFile(path);
});
afterAll(async () => {
  await house.close();
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

async function take(db: Db, to: string, change: Partial<Parameters<typeof takeBackup>[0]> = {}): Promise<Taken> {
  return takeBackup({
    db,
    target: createFolderTarget(to),
    keys: null,
    audio: null,
    version: 'test',
    secret: SECRET,
    clock: systemClock,
    signal,
    ...change,
  });
}

/** A database without even a schema, of the other kind or of the same. */
async function openEmpty(kind: Database['kind']): Promise<Database & { remove(): Promise<void> }> {
  const { serverUrl } = inject('databaseTemplate');
  const dataDir = temporary();
  const name = `robian_restore_${randomUUID().replaceAll('-', '')}`;
  const url = kind === 'embedded' || serverUrl === null ? undefined : withDatabase(serverUrl, name);
  if (url !== undefined && serverUrl !== null) await onServer(serverUrl, [`create database ${name}`]);
  const database = await openDatabase({
    url,
    dataDir,
    clock: systemClock,
    onFatal: () => undefined,
    onWarning: () => undefined,
    poolSize: 1,
  });
  return {
    ...database,
    remove: async () => {
      await database.close();
      if (url !== undefined && serverUrl !== null) await onServer(serverUrl, [`drop database ${name} with (force)`]);
    },
  };
}

async function restore(
  from: string,
  database: Database,
  change: Partial<Parameters<typeof restoreBackup>[0]> = {},
): Promise<Awaited<ReturnType<typeof restoreBackup>>> {
  const target = createFolderTarget(from);
  const dataDir = temporary();
  return restoreBackup({
    target,
    manifest: await findBackup(target, null),
    keys: null,
    database,
    storage: createLocalStorage({ folder: join(dataDir, 'vault'), clock: systemClock }),
    stagingFolder: join(dataDir, 'staging'),
    replace: false,
    signal,
    ...change,
  });
}

const rowsIn = (tables: readonly ArchivedTable[]): Record<string, number> =>
  Object.fromEntries(tables.map(({ name, digest }) => [name, digest.rows]));

const kinds = (): Database['kind'][] =>
  inject('databaseTemplate').serverUrl === null ? ['embedded'] : ['postgresql', 'embedded'];

describe('a backup', () => {
  it('moves an embedded database onto a server', { timeout: 120_000 }, async (context) => {
    if (house.database.kind === 'embedded') context.skip('TEST_DATABASE_URL names no server');
    const [to, onward] = [temporary(), temporary()];
    const [embedded, server] = [await openEmpty('embedded'), await openEmpty('postgresql')];
    try {
      const first = await take(house.database.db, to);
      await restore(to, embedded);
      const second = await take(embedded.db, onward);
      expect(second.tables).toEqual(first.tables);
      expect((await restore(onward, server)).tables).toEqual(second.tables);
      expect(await migrate(server.db)).toEqual([]);
    } finally {
      await embedded.remove();
      await server.remove();
    }
  });

  it('is restored on either database with every row of every table, and goes on from there', {
    timeout: 120_000,
  }, async () => {
    const to = temporary();
    await sql`select nextval(pg_get_serial_sequence('events', 'id'))`.execute(house.database.db);
    const taken = await take(house.database.db, to, { keys });
    const rows = rowsIn(taken.tables);
    expect(rows).toMatchObject({ debates: expect.any(Number), cues: expect.any(Number), debate_search: rows.debates });
    expect(rows.cues).toBeGreaterThan(30);
    for (const kind of kinds()) {
      const empty = await openEmpty(kind);
      try {
        const restored = await restore(to, empty, { keys });
        expect(restored.tables).toEqual(taken.tables);
        expect(restored.header.secret).toBe(SECRET.text);
        // The schema is whole: nothing is left to migrate, what the database derives was derived, and triggers are on.
        expect(await migrate(empty.db)).toEqual([]);
        const found = await sql<{ n: number }>`select count(*) as n from cues where words is not null`.execute(
          empty.db,
        );
        expect(found.rows[0]?.n).toBeGreaterThan(20);
        await sql`update debates set search_text = ' quelque chose ' where id = (select min(id) from debates)`.execute(
          empty.db,
        );
        const learnt = await sql`select 1 from debate_search where words @@ to_tsquery('simple', 'quelque')`.execute(
          empty.db,
        );
        expect(learnt.rows).toHaveLength(1);
        // Numbers that clients may have seen after the backup are not given a second time.
        const next = await sql<{
          id: number;
        }>`insert into events (type, channel, data) values ('x', 'y', '{}') returning id`.execute(empty.db);
        expect(next.rows[0]?.id).toBeGreaterThan(1_000_000);
      } finally {
        await empty.remove();
      }
    }
  });

  it('is what the database was at one moment, whatever is written meanwhile', { timeout: 60_000 }, async () => {
    const database = await openTestDatabase();
    const to = temporary();
    try {
      await sql`create table pairs (id int primary key, side text not null)`.execute(database.db);
      await sql`insert into pairs select n, 'left' from generate_series(1, 5000) n`.execute(database.db);
      let stop = false;
      // A pair is written in one transaction: a backup with an odd number of rows would have seen half of one.
      const writer = (async () => {
        for (let id = 10_000; !stop; id += 2) {
          await database.db.transaction().execute(async (trx) => {
            await sql`insert into pairs values (${id}, 'left')`.execute(trx);
            await sql`insert into pairs values (${id + 1}, 'right')`.execute(trx);
          });
        }
      })();
      const taken = await readingBeside(database, database.dataDir, systemClock, (db) => take(db, to));
      const before = await sql<{ n: number }>`select count(*) as n from pairs`.execute(database.db);
      stop = true;
      await writer;
      const { pairs = 0 } = rowsIn(taken.tables);
      expect(pairs).toBeGreaterThanOrEqual(5_000);
      expect(pairs % 2).toBe(0);
      // The service went on writing while it was taken.
      expect(before.rows[0]?.n).toBeGreaterThan(pairs);
      if (database.embedded !== null) expect(readdirSync(join(database.dataDir, 'snapshots'))).toEqual([]);
    } finally {
      await database.close();
    }
  });

  it('is refused by what holds something, unless told to drop it; and by a server that is in use', {
    timeout: 60_000,
  }, async () => {
    const to = temporary();
    const taken = await take(house.database.db, to);
    const used = await openEmpty(house.database.kind);
    try {
      await migrate(used.db);
      await sql`insert into subjects (key, label, last_at) values ('k', 'l', now())`.execute(used.db);
      await expect(restore(to, used)).rejects.toThrow(/not empty \(subjects\)/);
      if (used.kind === 'postgresql') {
        const lock = await used.tryLock('scheduler');
        await expect(restore(to, used, { replace: true })).rejects.toThrow(/stop its processes first/);
        await lock?.release();
        await expect
          .poll(async () => (await restore(to, used, { replace: true }).catch(() => null))?.tables, { timeout: 20_000 })
          .toEqual(taken.tables);
      } else {
        expect((await restore(to, used, { replace: true })).tables).toEqual(taken.tables);
      }
    } finally {
      await used.remove();
    }
  });

  it('of a newer program is refused before anything is changed', async () => {
    const to = temporary();
    const database = await openTestDatabase();
    try {
      await sql`insert into kysely_migration values ('9999-future', 'now')`.execute(database.db);
      await take(database.db, to);
      await sql`delete from kysely_migration where name = '9999-future'`.execute(database.db);
      await expect(restore(to, database)).rejects.toThrow(/newer than this one: it knows 9999-future/);
    } finally {
      await database.close();
    }
  });

  it('of an older program is restored and brought up to date', { timeout: 60_000 }, async () => {
    const to = temporary();
    const old = await openEmpty('embedded');
    const empty = await openEmpty('embedded');
    try {
      const known = await knownMigrations();
      const { recreateSchema } = await import('../platform/database/index.ts');
      await old.db.transaction().execute((trx) => recreateSchema(trx, known.slice(0, 3)));
      await take(old.db, to);
      await restore(to, empty);
      expect(await migrate(empty.db)).toEqual(known.slice(3));
    } finally {
      await old.remove();
      await empty.remove();
    }
  });

  it('that is not whole, or whose key is another, is found out and changes nothing', { timeout: 60_000 }, async () => {
    const plain = temporary();
    const sealed = temporary();
    await take(house.database.db, plain);
    await take(house.database.db, sealed, { keys });
    const other = join(folder, 'other');
    writeFileSync(other, (await makeKeyFile(new Date())).text);
    const database = await openTestDatabase();
    try {
      await expect(restore(sealed, database)).rejects.toThrow(BackupRefused);
      await expect(restore(sealed, database, { keys: await readKeyFile(other) })).rejects.toThrow(BackupDamaged);
      for (const from of [plain, sealed]) {
        const { database: stored } = await findBackup(createFolderTarget(from), null);
        const path = join(from, stored.file);
        const whole = readFileSync(path);
        const changed = Buffer.from(whole);
        changed[Math.floor(whole.length / 2)] = (whole[Math.floor(whole.length / 2)] ?? 0) ^ 1;
        for (const bytes of [
          changed,
          whole.subarray(0, whole.length - 10),
          Buffer.concat([whole, Buffer.from('more')]),
        ]) {
          writeFileSync(path, bytes);
          await expect(restore(from, database, { keys })).rejects.toThrow(BackupDamaged);
        }
        rmSync(path);
        await expect(restore(from, database, { keys })).rejects.toThrow(BackupDamaged);
      }
      expect((await sql`select 1 from debates`.execute(database.db)).rows).toEqual([]);
    } finally {
      await database.close();
    }
  });

  it('can be taken with the public half of a key alone, and is then compared by its stored bytes', async () => {
    const to = temporary();
    const publicOnly = { recipients: keys.recipients, identities: [] };
    const { manifest } = await take(house.database.db, to, { keys: publicOnly });
    const target = createFolderTarget(to);
    const look = { target, manifest, readAudio: false, signal };
    expect((await verifyBackup({ ...look, keys: publicOnly })).header).toBeNull();
    expect((await verifyBackup({ ...look, keys })).header?.version).toBe('test');
    writeFileSync(join(to, manifest.database.file), 'something else');
    await expect(verifyBackup({ ...look, keys: publicOnly })).rejects.toThrow(BackupDamaged);
  });

  it('that was broken off is none, and says so', async () => {
    const to = temporary();
    const stop = AbortSignal.abort(new Error('stopped'));
    await expect(take(house.database.db, to, { signal: stop })).rejects.toThrow('stopped');
    const target = createFolderTarget(to);
    await expect(findBackup(target, null)).rejects.toThrow(BackupRefused);
    await mkdir(join(to, '20260101T000000Z'));
    writeFileSync(join(to, '20260101T000000Z', 'database.ndjson.zst'), 'half');
    expect(await listBackups(target)).toEqual({ backups: [], unfinished: ['20260101T000000Z'] });
    await pruneBackups(target, 30, new Date('2026-01-03T00:00:00Z'));
    expect(await listBackups(target)).toEqual({ backups: [], unfinished: [] });
  });

  it('is remembered by the database that it was taken of', async () => {
    const { manifest } = await take(house.database.db, temporary());
    expect(await lastBackup(house.database.db)).toBeNull();
    await noteBackup(house.database.db, manifest);
    await noteBackup(house.database.db, manifest);
    expect(await lastBackup(house.database.db)).toEqual({
      finishedAt: new Date(manifest.finishedAt),
      storedBytes: manifest.database.storedBytes,
    });
  });
});

describe('sound in a backup', () => {
  it('is stored once for all backups, found lost, brought back whole, and removed with the last that names it', {
    timeout: 60_000,
  }, async () => {
    const database = await openTestDatabase();
    const empty = await openEmpty('embedded');
    const to = temporary();
    const storage = createLocalStorage({ folder: join(database.dataDir, 'vault'), clock: systemClock });
    const target = createFolderTarget(to);
    const bytes = ['one', 'two', 'three'].map((text) => Buffer.alloc(3_000_000, text));
    const shas = bytes.map((content) => createHash('sha256').update(content).digest('hex'));
    const add = async (index: number): Promise<void> => {
      const path = join(database.dataDir, `new-${index}`);
      const [content = Buffer.alloc(0), sha256 = ''] = [bytes[index], shas[index]];
      writeFileSync(path, content);
      await storage.put({ sha256, format: 'mp3' }, path);
      await sql`insert into audio_files (debate_id, sha256, format, mime, size_bytes, duration_seconds, bitrate_kbps,
        sample_rate_hz, channels, origin, source_url, state) values (${`d${index}`}, ${sha256}, 'mp3', 'audio/mpeg',
        ${content.length}, 1, 1, 1, 1, 'published', 'http://x', 'ready')`.execute(database.db);
    };
    const at = (day: number) => ({ ...systemClock, now: () => new Date(Date.UTC(2026, 10, day)) });
    try {
      await add(0);
      expect(await take(database.db, to, { audio: storage, clock: at(1) })).toMatchObject({
        addedAudio: 1,
        lostAudio: [],
      });
      await add(1);
      await add(2);
      // Damaged in the vault: told, and left out.
      writeFileSync(
        join(database.dataDir, 'vault', shas[2]?.slice(0, 2) ?? '', shas[2]?.slice(2, 4) ?? '', `${shas[2]}.mp3`),
        'x',
      );
      await sql`delete from audio_files where debate_id = 'd0'`.execute(database.db);
      const second = await take(database.db, to, { audio: storage, clock: at(2) });
      expect(second).toMatchObject({ addedAudio: 1, lostAudio: [`${shas[2]}.mp3`] });

      const dataDir = temporary();
      const back = createLocalStorage({ folder: join(dataDir, 'vault'), clock: systemClock });
      const restored = await restore(to, empty, { storage: back, stagingFolder: join(dataDir, 'staging') });
      expect(restored.broughtAudio).toBe(1);
      const path = join(dataDir, 'vault', shas[1]?.slice(0, 2) ?? '', shas[1]?.slice(2, 4) ?? '', `${shas[1]}.mp3`);
      expect(readFileSync(path).equals(bytes[1] ?? Buffer.alloc(0))).toBe(true);
      expect(readdirSync(join(dataDir, 'staging'))).toEqual([]);

      // Two days after the first one, with one day to keep: it goes, and the sound that only it named.
      const later = new Date(Date.now() + 30 * 24 * 3_600_000);
      expect(await pruneBackups(target, 1, later)).toEqual({ backups: ['20261101T000000Z'], audio: 1 });
      const { manifest } = second;
      const look = { target, manifest, keys: null, signal };
      expect((await verifyBackup({ ...look, readAudio: true })).lostAudio).toEqual([]);
      const kept = join(to, 'audio', shas[1]?.slice(0, 2) ?? '', shas[1]?.slice(2, 4) ?? '', `${shas[1]}.mp3`);
      writeFileSync(kept, Buffer.alloc(statSync(kept).size));
      expect((await verifyBackup({ ...look, readAudio: false })).lostAudio).toEqual([]);
      expect((await verifyBackup({ ...look, readAudio: true })).lostAudio).toEqual([`${shas[1]}.mp3`]);
      rmSync(kept);
      expect((await verifyBackup({ ...look, readAudio: false })).lostAudio).toEqual([`${shas[1]}.mp3`]);
    } finally {
      await empty.remove();
      await database.close();
    }
  });
});
