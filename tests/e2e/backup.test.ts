import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { answerOf, createRobianClient } from '../../clients/typescript/index.ts';
import { readRecording } from '../../src/demo/index.ts';
import { makeInstallation } from '../support/installation.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { askForSound, openStage, recordingOf, type Stage, soundOf, untilStatus } from '../support/stage.ts';
import { until } from '../support/until.ts';

// Each test starts the product several times, and a start takes ten seconds when the machine is busy.
vi.setConfig({ testTimeout: 240_000 });

const folders: string[] = [];
const temporary = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'robian-backups-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

interface Listener {
  token: string;
  favorites: string[];
}

/** Listeners come and keep debates, one after the other, until told to stop: each is told when the service has promised it. */
function listen(address: string, debates: readonly string[]): { listeners: Listener[]; stop(): Promise<void> } {
  const listeners: Listener[] = [];
  let stopped = false;
  const coming = (async () => {
    while (!stopped) {
      const { access_token: token } = await answerOf(createRobianClient({ baseUrl: address }).POST('/api/auth/device'));
      const client = createRobianClient({ baseUrl: address, token: () => token });
      const favorites: string[] = [];
      for (const id of debates) {
        await answerOf(client.POST('/api/favorites/{debate_id}', { params: { path: { debate_id: id } } }));
        favorites.push(id);
      }
      listeners.push({ token, favorites });
    }
  })();
  return {
    listeners,
    stop: () => {
      stopped = true;
      return coming;
    },
  };
}

const favoritesOf = async (address: string, token: string): Promise<string[]> => {
  const client = createRobianClient({ baseUrl: address, token: () => token });
  const answer = await answerOf(client.GET('/api/favorites', { params: { query: { per_page: 100 } } }));
  return answer.map(({ debate_id }) => debate_id);
};

/** `environment` without what names a database and a data folder. */
const portalOf = ({ environment }: Stage): Record<string, string> => {
  const { DATA_DIR: _, DATABASE_URL: __, ...portal } = environment;
  return portal;
};

test('taken under load, destroyed, restored: everything acknowledged before the backup is there, byte for byte', async () => {
  await using stage = await openStage();
  const sitting = recordingOf(stage, 'Protection des sources');
  expect((await robian(['ingest', ...stage.days], stage.environment)).code).toBe(0);
  const backups = temporary();
  const keyFile = join(temporary(), 'key');
  expect((await robian(['backup', 'key', keyFile], {})).code).toBe(0);
  expect(statSync(keyFile).mode & 0o077).toBe(0);
  const settings = { BACKUP_TO: backups, BACKUP_KEY_FILE: keyFile };
  // Tokens are for the address that listeners know.
  const publicAddress = { PUBLIC_URL: 'https://robian.example' };
  const service = await startRobianProcess(['start'], { ...stage.environment, ...publicAddress });
  await service.ready();
  await askForSound(service.address, sitting.videoId);
  await untilStatus(service.address, sitting.videoId, 'completed');

  const load = listen(service.address, [sitting.videoId]);
  await until('some have come', () => load.listeners.length >= 3);
  const promised = load.listeners.length;
  const taken = await robian(['--json', 'backup', '--audio'], { ...stage.environment, ...settings });
  expect(taken).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(taken.stdout)).toMatchObject({
    database: { encrypted: true },
    audio: { objects: 1 },
    lost_audio: [],
  });
  const during = load.listeners.length;
  await load.stop();
  // Nobody was sent away meanwhile.
  expect(during).toBeGreaterThan(promised);
  const metrics = await (await fetch(`${service.address}/metrics`)).text();
  const takenAt = Number(/^robian_backup_last_success_timestamp_seconds (\S+)$/m.exec(metrics)?.[1]);
  expect(Date.now() / 1000 - takenAt).toBeLessThan(240);

  service.kill('SIGKILL');
  await service.exit;
  rmSync(stage.installation.dataDir, { recursive: true });

  await using fresh = await freshInstallation();
  const environment = { ...portalOf(stage), ...fresh.environment, ...settings, ...publicAddress };
  const restored = await robian(['--json', 'restore'], environment);
  expect(restored).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(restored.stdout)).toMatchObject({ audio: 1 });
  expect((await robian(['vault', 'verify'], environment)).code).toBe(0);
  const again = await startRobianProcess(['start'], environment);
  await again.ready();
  const published = readRecording(sitting.recording.mp3File ?? '');
  expect(sha256Of(await soundOf(again.address, sitting.videoId))).toBe(sha256Of(published));
  for (const { token, favorites } of load.listeners.slice(0, promised)) {
    expect(await favoritesOf(again.address, token)).toEqual(favorites);
  }
});

test('one is listed, verified, refused by what holds something, restored with --replace, and found out when its file is gone', async () => {
  await using stage = await openStage();
  const backups = temporary();
  const environment = { ...stage.environment, BACKUP_TO: backups };
  expect((await robian(['ingest', ...stage.days], environment)).code).toBe(0);
  expect((await robian(['backup'], environment)).code).toBe(0);
  const listed = await robian(['--json', 'backup', 'list'], environment);
  const [{ name }] = (JSON.parse(listed.stdout) as { backups: [{ name: string }] }).backups;
  expect(await robian(['backup', 'verify', name], environment)).toMatchObject({ code: 0, stderr: '' });
  expect(await robian(['restore', name], environment)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--replace drops everything'),
  });
  expect((await robian(['restore', name, '--replace'], environment)).code).toBe(0);
  expect(await robian(['restore', '--from', temporary()], environment)).toMatchObject({ code: 1 });
  expect(await robian(['backup', 'verify', '--from', 's3://nowhere'], environment)).toMatchObject({ code: 1 });
  expect(await robian(['backup'], { DATA_DIR: temporary() })).toMatchObject({ code: 64 });
  const stored = join(backups, name, 'database.ndjson.zst');
  expect(existsSync(stored)).toBe(true);
  rmSync(stored);
  expect((await robian(['backup', 'verify'], environment)).code).toBe(1);
});

test('the service takes one by itself when its hour has come, and keeps no snapshot', async () => {
  await using stage = await openStage();
  const backups = temporary();
  const environment = { ...stage.environment, BACKUP_TO: backups, BACKUP_AT: '03:30' };
  const service = await startRobianProcess(['start'], environment);
  await service.ready();
  await until('a backup is taken', () => service.log().some(({ msg }) => msg === 'backup taken'));
  expect((await robian(['backup', 'verify'], environment)).code).toBe(0);
  expect(await (await fetch(`${service.address}/metrics`)).text()).toMatch(/^robian_backup_last_size_bytes [1-9]/m);
  service.kill('SIGTERM');
  expect((await service.exit).code).toBe(0);
  expect(existsSync(join(stage.installation.dataDir, 'snapshots', 'x'))).toBe(false);
});

test('a JWT_SECRET that is another is told, since nobody could sign in', async () => {
  await using stage = await openStage();
  const backups = temporary();
  const secrets = ['Kx3vT9bQm2Zr8LwY5nHs7JdGf4PcAu6E', 'Zx3vT9bQm2Zr8LwY5nHs7JdGf4PcAu6F'];
  const environment = { ...stage.environment, BACKUP_TO: backups };
  expect((await robian(['backup'], { ...environment, JWT_SECRET: secrets[0] ?? '' })).code).toBe(0);
  const restored = await robian(['restore', '--replace'], { ...environment, JWT_SECRET: secrets[1] ?? '' });
  expect(restored).toMatchObject({ code: 1, stderr: expect.stringContaining('another JWT_SECRET') });
  const kept = await robian(['backup'], environment);
  expect(kept.code).toBe(0);
  const secret = readFileSync(join(stage.installation.dataDir, 'secret'), 'utf8');
  rmSync(join(stage.installation.dataDir, 'secret'));
  expect((await robian(['restore', '--replace'], environment)).code).toBe(0);
  expect(readFileSync(join(stage.installation.dataDir, 'secret'), 'utf8')).toBe(secret);
});

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function freshInstallation(): Promise<{ environment: Record<string, string> } & AsyncDisposable> {
  const { environment, remove } = await makeInstallation({ fresh: true });
  return { environment, [Symbol.asyncDispose]: remove };
}
