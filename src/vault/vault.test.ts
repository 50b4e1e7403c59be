import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mp3Frames } from '../../tests/support/audio-fixtures.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { createDebates } from '../debates/index.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import {
  type AudioFile,
  createLocalStorage,
  createVault,
  type Publication,
  type Storage,
  type Vault,
} from './index.ts';
import { retire } from './store.ts';
import { storageSeemsAway } from './verify.ts';

const day = 86_400_000;
const logger = createLogger({ level: 'silent' });

let database: TestDatabase;
let events: Events;
let folder: string;
let storage: Storage;
let vault: Vault;
let seed = 0;
let nowMs = Date.now();
const clock = { ...systemClock, now: () => new Date(nowMs) };

beforeAll(async () => {
  database = await openTestDatabase();
  events = createEvents({ database, onError: (error) => expect.unreachable(String(error)) });
});
afterAll(async () => {
  await events.close();
  await database.close();
});
beforeEach(async () => {
  await sql`truncate audio_files`.execute(database.db);
  folder = join(database.dataDir, randomUUID());
  storage = createLocalStorage({ folder: join(folder, 'vault'), clock });
  vault = vaultOver(storage);
  nowMs = Date.now();
});

/** Another process on the same database and folder. */
function vaultOver(over: Storage): Vault {
  const stagingFolder = join(folder, 'staging');
  const register = createDebates({ db: database.db, events });
  return createVault({ db: database.db, storage: over, stagingFolder, register, events, clock, logger });
}

const newDebate = (): string => `19502241_${randomUUID()}`;

async function staged(
  bytes: Buffer,
  debateId: string,
  within: Publication['within'] = async () => undefined,
): Promise<Publication> {
  const path = join(await vault.workspace(randomUUID()), 'sitting.mp3');
  await writeFile(path, bytes);
  const inspection = await vault.inspect(path, { format: 'mp3' });
  return { debateId, path, inspection, origin: 'published', sourceUrl: 'http://media.example/a.mp3', within };
}

function newSound(): Buffer {
  seed += 1;
  return mp3Frames(20, seed);
}
const readyOf = async (debateId: string): Promise<AudioFile[]> =>
  (await vault.readyFiles([debateId])).get(debateId) ?? [];
const objects = (): Promise<unknown[]> => Array.fromAsync(storage.list());
const objectPath = (file: { sha256: string }): string =>
  join(folder, 'vault', file.sha256.slice(0, 2), file.sha256.slice(2, 4), `${file.sha256}.mp3`);

describe('publishing', () => {
  it('makes the bytes servable, with all that was found out about them', async () => {
    const debateId = newDebate();
    const bytes = newSound();
    const publication = await staged(bytes, debateId);
    const file = await vault.publish(publication);
    expect(file).toEqual({
      ...publication.inspection,
      id: file.id,
      debateId,
      mime: 'audio/mpeg',
      origin: 'published',
      sourceUrl: 'http://media.example/a.mp3',
      state: 'ready',
      createdAt: clock.now(),
      verifiedAt: clock.now(),
      retiredAt: null,
      retireReason: null,
    });
    expect(await readyOf(debateId)).toEqual([file]);
    expect(await vault.file(file.id)).toEqual(file);
    expect(await vault.file(randomUUID())).toBeNull();
    const object = await vault.open(file);
    const read = Buffer.alloc(bytes.length);
    await object?.read(read, 0, read.length);
    object?.close();
    expect(read.equals(bytes)).toBe(true);
    expect(existsSync(publication.path)).toBe(false);
  });

  it('commits the file, what the caller does within, and the news together', async () => {
    const debateId = newDebate();
    const before = await events.lastId();
    const seen: string[] = [];
    const publication = await staged(newSound(), debateId, async (trx, file) => {
      seen.push(file.state);
      await events.append(trx, { type: 'extraction_completed', channel: 'extractions', data: { file: file.id } });
    });
    await vault.publish(publication);
    expect(seen).toEqual(['ready']);
    const news = await events.readAfter(before, 10);
    expect(news.map((event) => [event.type, event.channel])).toEqual([
      ['extraction_completed', 'extractions'],
      ['audio_changed', 'debates'],
    ]);
  });

  it('stores the same bytes of two debates once', async () => {
    const bytes = newSound();
    const [one, two] = [newDebate(), newDebate()];
    await vault.publish(await staged(bytes, one));
    await vault.publish(await staged(bytes, two));
    expect(await objects()).toHaveLength(1);
    expect([...(await vault.readyFiles([one, two, newDebate()])).keys()].sort()).toEqual([one, two].sort());
    expect(await vault.readyFiles([])).toEqual(new Map());
  });

  it('of the same bytes again gives the same file', async () => {
    const debateId = newDebate();
    const bytes = newSound();
    const first = await vault.publish(await staged(bytes, debateId));
    const second = await vault.publish(await staged(bytes, debateId));
    expect(second.id).toBe(first.id);
    expect(await readyOf(debateId)).toHaveLength(1);
  });

  it('of other bytes replaces the file, and keeps renditions of another origin, published first', async () => {
    const debateId = newDebate();
    await vault.publish({ ...(await staged(newSound(), debateId)), origin: 're-encoded' });
    const old = await vault.publish(await staged(newSound(), debateId));
    const current = await vault.publish(await staged(newSound(), debateId));
    expect((await readyOf(debateId)).map((file) => [file.origin, file.sha256 === current.sha256])).toEqual([
      ['published', true],
      ['re-encoded', false],
    ]);
    expect(await vault.file(old.id)).toMatchObject({ state: 'retired', retireReason: 'replaced' });
  });

  it('by several processes at once ends in one ready file', async () => {
    const debateId = newDebate();
    const bytes = newSound();
    const publications = await Promise.all([
      staged(bytes, debateId),
      staged(bytes, debateId),
      staged(newSound(), debateId),
    ]);
    await Promise.all(publications.map((publication) => vaultOver(storage).publish(publication)));
    expect(await readyOf(debateId)).toHaveLength(1);
  });
});

describe('the register', () => {
  it('is told when a debate can be heard, and when it no longer can', async () => {
    const debates = createDebates({ db: database.db, events });
    const { id } = await debates.record(sampleDebate(newDebate()));
    await vault.publish(await staged(newSound(), id));
    expect(await debates.get(id)).toMatchObject({ hasAudio: true, status: 'disponible' });
    nowMs += 2 * day;
    await vault.applyRetention({ maxAgeDays: 1, maxTotalBytes: null });
    const durationSeconds = (20 * 1_152) / 44_100;
    expect(await debates.get(id)).toMatchObject({ hasAudio: false, status: 'termine', durationSeconds });
  });
});

describe('a process that dies while publishing', () => {
  class Killed extends Error {}
  const killed = (): Promise<never> => Promise.reject(new Killed());

  it('before the bytes are in place, leaves the staged file for the next attempt', async () => {
    const debateId = newDebate();
    const publication = await staged(newSound(), debateId);
    await expect(vaultOver({ ...storage, put: killed }).publish(publication)).rejects.toThrow(Killed);
    expect(await readyOf(debateId)).toEqual([]);
    expect(await vault.recover()).toEqual({ madeReady: [], forgotten: 0 });
    await vault.publish(publication);
    expect(await readyOf(debateId)).toHaveLength(1);
  });

  it('after the bytes are in place, leaves a file that recovery makes ready', async () => {
    const debateId = newDebate();
    const publication = await staged(newSound(), debateId);
    const put: Storage['put'] = async (key, path) => {
      await storage.put(key, path);
      await killed();
    };
    await expect(vaultOver({ ...storage, put }).publish(publication)).rejects.toThrow(Killed);
    const recovered = await vault.recover();
    expect(recovered.madeReady.map((file) => [file.debateId, file.state])).toEqual([[debateId, 'ready']]);
    expect(await vault.recover()).toEqual({ madeReady: [], forgotten: 0 });
    expect(await readyOf(debateId)).toHaveLength(1);
  });

  it('within the transaction, leaves neither the file nor what was done within; publishing again does both', async () => {
    const debateId = newDebate();
    const before = await events.lastId();
    const publication = await staged(newSound(), debateId, async (trx) => {
      await events.append(trx, { type: 'undone', channel: 'extractions', data: {} });
      await killed();
    });
    await expect(vault.publish(publication)).rejects.toThrow(Killed);
    expect(await readyOf(debateId)).toEqual([]);
    expect(await events.lastId()).toBe(before);
    await vault.publish({ ...publication, within: async () => undefined });
    expect(await readyOf(debateId)).toHaveLength(1);
    expect(await objects()).toHaveLength(1);
  });

  it('and never comes back, is forgotten after a day, when its bytes never arrived', async () => {
    const publication = await staged(newSound(), newDebate());
    await expect(vaultOver({ ...storage, put: killed }).publish(publication)).rejects.toThrow(Killed);
    nowMs += day + 1;
    expect(await vault.recover()).toMatchObject({ forgotten: 1 });
  });

  it('does not bring back old bytes over those that another process published since', async () => {
    const debateId = newDebate();
    const old = await staged(newSound(), debateId, killed);
    await expect(vault.publish(old)).rejects.toThrow(Killed);
    nowMs += 1_000;
    const current = await vault.publish(await staged(newSound(), debateId));
    expect(await vault.recover()).toEqual({ madeReady: [], forgotten: 1 });
    expect(await readyOf(debateId)).toEqual([current]);
  });
});

describe('verification', () => {
  it('finds what is whole, missing and corrupt, retires the latter two, and lets them be published again', async () => {
    const bytes = [newSound(), newSound(), newSound(), newSound()];
    const debates = bytes.map(newDebate);
    const files: AudioFile[] = [];
    for (const [at, sound] of bytes.entries()) files.push(await vault.publish(await staged(sound, debates[at] ?? '')));
    const [whole, missing, corrupt] = files as [AudioFile, AudioFile, AudioFile];
    await rm(objectPath(missing));
    const damaged = Buffer.from(bytes[2] as Buffer);
    damaged[5_000] = 1;
    await writeFile(objectPath(corrupt), damaged);
    await storage.close();
    nowMs += 1_000;
    const before = await events.lastId();
    const progress: string[] = [];
    const report = await vault.verify({ onProgress: ({ checked, total }) => progress.push(`${checked}/${total}`) });
    expect(report.missing.map((file) => file.id)).toEqual([missing.id]);
    expect(report.corrupt.map((file) => file.id)).toEqual([corrupt.id]);
    expect(report).toMatchObject({ storageSuspected: false, orphans: [] });
    expect(progress).toEqual(['1/4', '2/4', '3/4', '4/4']);
    expect(await vault.file(missing.id)).toMatchObject({ state: 'retired', retireReason: 'missing' });
    expect(await vault.file(corrupt.id)).toMatchObject({ state: 'retired', retireReason: 'corrupt' });
    expect(await vault.file(whole.id)).toMatchObject({ state: 'ready', verifiedAt: clock.now() });
    expect((await events.readAfter(before, 10)).map((event) => event.data.debate_id).sort()).toEqual(
      [missing.debateId, corrupt.debateId].sort(),
    );
    await vault.publish(await staged(bytes[2] as Buffer, corrupt.debateId));
    expect((await vault.verify()).corrupt).toEqual([]);
  });

  it('does not retire everything because the storage is not mounted, unless told that it is lost', async () => {
    const debates = [newDebate(), newDebate()];
    for (const debateId of debates) await vault.publish(await staged(newSound(), debateId));
    await rename(join(folder, 'vault'), join(folder, 'unmounted'));
    await storage.close();
    expect((await vault.verify()).storageSuspected).toBe(true);
    expect((await vault.readyFiles(debates)).size).toBe(2);
    expect((await vault.verify({ acceptLoss: true })).storageSuspected).toBe(false);
    expect((await vault.readyFiles(debates)).size).toBe(0);
  });

  it.each([
    [0, 100, false],
    [1, 1, false],
    [50, 100, false],
    [51, 100, true],
    [2, 2, true],
  ])('with %d of %d files missing suspects the storage: %s', (missing, checked, suspected) => {
    expect(storageSeemsAway(missing, checked)).toBe(suspected);
  });

  it('can be stopped', async () => {
    await vault.publish(await staged(newSound(), newDebate()));
    await expect(vault.verify({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

describe('bytes that no file needs', () => {
  it('are listed at once and removed after a day', async () => {
    const path = join(await vault.workspace('orphan'), 'orphan.mp3');
    const bytes = newSound();
    await writeFile(path, bytes);
    const key = { sha256: createHash('sha256').update(bytes).digest('hex'), format: 'mp3' as const };
    await storage.put(key, path);
    expect(await vault.sweepGarbage()).toMatchObject([{ ...key, removed: false }]);
    nowMs += day + 1_000;
    expect(await vault.sweepGarbage()).toMatchObject([{ ...key, removed: true }]);
    expect(await objects()).toEqual([]);
  });

  it('stay a day after their file was retired, for those who are listening', async () => {
    const debateId = newDebate();
    await vault.publish(await staged(newSound(), debateId));
    nowMs += 10 * day;
    await vault.publish(await staged(newSound(), debateId));
    expect(await vault.sweepGarbage()).toEqual([]);
    nowMs += day + 1_000;
    expect(await vault.sweepGarbage()).toMatchObject([{ removed: true }]);
    expect(await objects()).toHaveLength(1);
  });

  it('are not removed under a publication of the same bytes', async () => {
    const bytes = newSound();
    const debateId = newDebate();
    const first = await vault.publish(await staged(bytes, newDebate()));
    await database.db.transaction().execute(async (trx) => {
      await retire(trx, [first.id], 'replaced', new Date(nowMs));
    });
    nowMs += 2 * day;
    const publication = await staged(bytes, debateId);
    await Promise.all([vault.publish(publication), vault.sweepGarbage()]);
    const object = await vault.open(publication.inspection);
    expect(object?.sizeBytes).toBe(bytes.length);
    object?.close();
  });
});

describe('retention', () => {
  it('is off by default, and retires by the rules', async () => {
    const old = await vault.publish(await staged(newSound(), newDebate()));
    nowMs += 40 * day;
    const recent = await vault.publish(await staged(newSound(), newDebate()));
    expect(await vault.applyRetention({ maxAgeDays: null, maxTotalBytes: null })).toBe(0);
    expect(await vault.applyRetention({ maxAgeDays: 30, maxTotalBytes: null })).toBeGreaterThanOrEqual(1);
    expect(await vault.file(old.id)).toMatchObject({ state: 'retired', retireReason: 'retention-age' });
    expect(await vault.file(recent.id)).toMatchObject({ state: 'ready' });
  });
});

describe('the workshop', () => {
  it('is cleaned by the vault, and its room is known', async () => {
    await vault.workspace('kept');
    await vault.workspace('done');
    await vault.discardWorkspace('done');
    expect(readdirSync(join(folder, 'staging'))).toEqual(['kept']);
    nowMs += day;
    expect(await vault.sweepWorkspaces(async () => false, 1_000)).toEqual(['kept']);
    expect(await vault.freeBytes()).toBeGreaterThan(0);
    await vault.close();
  });
});
