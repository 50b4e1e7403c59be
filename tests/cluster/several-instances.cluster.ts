import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type BigRecording, type FilmedSitting, readRecording } from '../../src/demo/index.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { until } from '../support/until.ts';
import { NGINX_FAIL_TIMEOUT_SECONDS, startBalancer } from './balancer.ts';
import { administer, ask, statusOf, untilStatus, type Watcher, watchBySocket, watchByStream } from './clients.ts';
import { type Cluster, holderOf, leaderOf, openCluster, type Seat, workspacesOf } from './cluster.ts';

let cluster: Cluster;
const watchers: Watcher[] = [];
const loads: ChildProcess[] = [];

beforeAll(async () => {
  if (process.env.TEST_S3_URL === undefined || process.env.TEST_DATABASE_URL === undefined) {
    throw new Error('needs TEST_S3_URL and TEST_DATABASE_URL: run scripts/test-cluster.sh');
  }
  cluster = await openCluster();
  // What one process ingests is in the register of all.
  for (const seat of cluster.apis) {
    await until('all sittings are in the register', async () => {
      const debates = (await (await ask(seat, '/api/debates')).json()) as unknown[];
      return debates.length === cluster.sittings.length;
    });
  }
});
afterAll(() => cluster[Symbol.asyncDispose]());
afterEach(() => {
  for (const watcher of watchers.splice(0)) watcher.close();
  for (const load of loads.splice(0)) load.kill();
});

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const soundPath = (id: string): string => `/api/streaming/${id}/stream`;
const askForSound = (seat: Seat, id: string): Promise<Response> =>
  ask(seat, `/api/streaming/${id}/extract`, { method: 'POST' });

/** Recordings that later tests need as nobody asked for yet. */
const LATER = ['Recherche polaire', 'savoir-faire'];

function recordingOf(words: string): FilmedSitting {
  const found = cluster.sittings.find((sitting) => sitting.state === 'vod' && sitting.title.includes(words));
  if (found === undefined || found.state === 'announced') throw new Error(`no recording is about ${words}`);
  return found;
}

/** Gives a recording a sound that takes about twelve seconds to fetch, until it is hurried. */
function makeLong(sitting: FilmedSitting): { big: BigRecording; hurry: () => void } {
  const big = cluster.replay.addBigRecording({ base: sitting.recording.base, sizeBytes: 24_000_000 });
  return { big, hurry: cluster.replay.faults.add({ match: big.path, kind: 'slow', bytesPerSecond: 500_000 }) };
}

async function watchEverywhere(): Promise<Watcher[]> {
  const [one, two] = cluster.apis;
  const made = [await watchBySocket(one), await watchBySocket(two), await watchByStream(one), await watchByStream(two)];
  watchers.push(...made);
  return made;
}

test('one scheduler of two acts', async () => {
  expect(await until('one leads', () => leaderOf(cluster))).not.toBeNull();
});

test('each piece of news reaches every client once, in order, whichever instance it is connected to and made the change', async () => {
  const everyone = await watchEverywhere();
  const { videoId } = recordingOf('Protection des sources');
  const changes = 20;
  for (let change = 0; change < changes; change += 1) {
    const seat = cluster.apis[change % 2] ?? cluster.apis[0];
    expect((await administer(seat, 'PUT', `/api/debates/${videoId}`, { title: `Titre ${change}` })).status).toBe(200);
  }
  const mine = ({ news }: Watcher): number[] =>
    news.filter(({ type, data }) => type === 'debate_updated' && data.debate_id === videoId).map(({ id }) => id);
  await until('all have heard of all', () => everyone.every((watcher) => mine(watcher).length >= changes));
  const [first] = everyone.map(mine);
  expect(first).toHaveLength(changes);
  expect(first).toEqual([...new Set(first)].sort((a, b) => a - b));
  for (const watcher of everyone) expect(mine(watcher)).toEqual(first);
});

test('each job runs once, whoever asks where, and its sound is the same everywhere and kept in the bucket alone', async () => {
  const everyone = await watchEverywhere();
  const published = cluster.sittings.flatMap((sitting) =>
    sitting.state === 'vod' && sitting.recording.mp3File ? [sitting] : [],
  );
  const asked = published.filter(({ title }) => !LATER.some((words) => title.includes(words)));
  expect(asked.length).toBeGreaterThan(1);
  const answers = await Promise.all(
    asked.flatMap(({ videoId }) =>
      cluster.apis.flatMap((seat) => [askForSound(seat, videoId), askForSound(seat, videoId)]),
    ),
  );
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(asked.length);
  for (const sitting of asked) {
    const sound = readRecording(sitting.recording.mp3File ?? '');
    const status = await untilStatus(cluster.apis[0], sitting.videoId, 'completed');
    expect(status).toMatchObject({ attempts: 1, audio_file: { sha256: sha256Of(sound) } });
    for (const type of ['extraction_started', 'extraction_completed']) {
      await until('all have heard of it', () =>
        everyone.every(({ news }) => news.some((one) => one.type === type && one.data.debate_id === sitting.videoId)),
      );
      for (const { news } of everyone) {
        expect(news.filter((one) => one.type === type && one.data.debate_id === sitting.videoId)).toHaveLength(1);
      }
    }
    for (const seat of cluster.apis) {
      const whole = await ask(seat, soundPath(sitting.videoId));
      expect(sha256Of(await whole.bytes())).toBe(sha256Of(sound));
      const piece = await ask(seat, soundPath(sitting.videoId), { headers: { range: 'bytes=1000-65535' } });
      expect(piece.status).toBe(206);
      expect(Buffer.from(await piece.bytes()).equals(sound.subarray(1000, 65_536))).toBe(true);
    }
  }
  for (const seat of cluster.workers) expect(existsSync(join(seat.dataDir, 'vault'))).toBe(false);
});

test('sound in a bucket is relayed as from a folder, or fetched from the bucket itself, by setting', async () => {
  const sitting = recordingOf('bibliothèques');
  const sound = readRecording(sitting.recording.mp3File ?? '');
  await until('it can be heard', async () => (await askForSound(cluster.apis[0], sitting.videoId)).status === 200);
  await untilStatus(cluster.apis[0], sitting.videoId, 'completed');
  const relays = (headers: Record<string, string>, method = 'GET'): Promise<Response> =>
    ask(cluster.apis[0], soundPath(sitting.videoId), { headers, method });
  const head = await relays({}, 'HEAD');
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(sound.length)]);
  const etag = head.headers.get('etag') ?? '';
  expect((await relays({ 'if-none-match': etag })).status).toBe(304);
  expect((await relays({ range: 'bytes=0-99', 'if-range': etag })).status).toBe(206);
  expect((await relays({ range: 'bytes=0-99', 'if-range': '"other"' })).status).toBe(200);
  const outside = await relays({ range: `bytes=${sound.length}-` });
  expect([outside.status, outside.headers.get('content-range')]).toEqual([416, `bytes */${sound.length}`]);

  const redirecting = { ROLES: 'api', STORAGE_DELIVERY: 'redirect' };
  const instance = await startRobianProcess(['start'], { ...cluster.environment, ...redirecting });
  await instance.ready();
  const asked = `${instance.address}${soundPath(sitting.videoId)}`;
  const whole = await fetch(asked);
  expect(whole.redirected).toBe(true);
  expect(sha256Of(await whole.bytes())).toBe(sha256Of(sound));
  const piece = await fetch(asked, { headers: { range: 'bytes=1000-65535' } });
  expect([piece.status, piece.headers.get('content-range')]).toEqual([206, `bytes 1000-65535/${sound.length}`]);
  expect(Buffer.from(await piece.bytes()).equals(sound.subarray(1000, 65_536))).toBe(true);
  instance.kill('SIGTERM');
  expect((await instance.exit).code).toBe(0);
});

test('a change is seen everywhere within a second, also where the answer was kept', async () => {
  const { videoId } = recordingOf('bibliothèques');
  const titleAt = async (seat: Seat): Promise<string> => {
    const debate = (await (await ask(seat, `/api/debates/${videoId}`)).json()) as { title: string };
    return debate.title;
  };
  for (let change = 0; change < 10; change += 1) {
    // Both keep the answer now.
    for (const seat of cluster.apis) await titleAt(seat);
    const title = `Autre titre ${change}`;
    const [author = cluster.apis[0], other = cluster.apis[1]] =
      change % 2 === 0 ? cluster.apis : cluster.apis.toReversed();
    expect((await administer(author, 'PUT', `/api/debates/${videoId}`, { title })).status).toBe(200);
    await until('the other instance shows it', async () => (await titleAt(other)) === title, 1_000);
  }
});

test('what a client may ask in a minute is counted by all instances together', async () => {
  const from = '192.0.2.77';
  const statuses: number[] = [];
  for (let request = 0; request < 14; request += 1) {
    const seat = cluster.apis[request % 2] ?? cluster.apis[0];
    statuses.push((await ask(seat, '/api/auth/device', { method: 'POST', from })).status);
  }
  expect(statuses.map((status) => status === 429)).toEqual(statuses.map((_status, index) => index >= 10));
  // Somebody else is not concerned.
  expect((await ask(cluster.apis[0], '/api/auth/device', { method: 'POST' })).status).not.toBe(429);
});

test('a cancellation reaches the worker that has the run, whichever instance is told', async () => {
  const { videoId } = recordingOf('Recherche polaire');
  const { hurry } = makeLong(recordingOf('Recherche polaire'));
  for (const seat of cluster.apis) {
    expect((await askForSound(cluster.apis[0], videoId)).status).toBe(202);
    const { extraction_id: runId } = await until('it runs', async () => {
      const status = await statusOf(cluster.apis[1], videoId);
      return status.bytes_done > 0 && status;
    });
    const holder = await holderOf(cluster, runId);
    expect((await administer(seat, 'DELETE', `/api/streaming/${videoId}/extract`)).status).toBe(202);
    await untilStatus(cluster.apis[0], videoId, 'cancelled');
    await until('nothing of it is left there', () => !workspacesOf(holder).includes(runId));
  }
  hurry();
});

test('a run whose worker is killed is made again, whole, by the other one, whose folder has nothing of it', async () => {
  const sitting = recordingOf('savoir-faire');
  const { big, hurry } = makeLong(sitting);
  expect((await askForSound(cluster.apis[0], sitting.videoId)).status).toBe(202);
  const { extraction_id: runId } = await until('a good part is fetched', async () => {
    const status = await statusOf(cluster.apis[0], sitting.videoId);
    return status.bytes_done > big.sizeBytes / 8 && status;
  });
  const killed = await holderOf(cluster, runId);
  killed.process.kill('SIGKILL');
  const killedAtMs = performance.now();
  hurry();
  const done = await untilStatus(cluster.apis[1], sitting.videoId, 'completed');
  // Silent for 15 s, then found by the scheduler within 10 s, then fetched again.
  expect((performance.now() - killedAtMs) / 1000).toBeLessThan(45);
  expect(done).toMatchObject({ attempts: 2, audio_file: { size_bytes: big.sizeBytes } });
  expect(done.audio_file?.sha256).toBe(sha256Of(big.slice(0, big.sizeBytes)));
  await cluster.start(killed);
});

test('when the scheduler that acts is killed, the other one acts within 15 seconds', async () => {
  const leader = await until('one leads', () => leaderOf(cluster));
  leader.process.kill('SIGKILL');
  await leader.process.exit;
  const killedAtMs = performance.now();
  const successor = await until('another leads', () => leaderOf(cluster), 15_000);
  console.log(`a scheduler took over after ${((performance.now() - killedAtMs) / 1000).toFixed(1)} s`);
  expect(successor).not.toBe(leader);
  await cluster.start(leader);
  expect(await leaderOf(cluster)).toBe(successor);
});

test('a rolling restart under load loses no request and no extraction', async () => {
  await using balancer = await startBalancer(cluster.apis.map(({ port }) => Number(port)));
  const sitting = recordingOf('Recherche polaire');
  const { big, hurry } = makeLong(sitting);
  const heard = recordingOf('bibliothèques');
  await until('it can be heard', async () => (await askForSound(cluster.apis[0], heard.videoId)).status === 200);
  await untilStatus(cluster.apis[0], heard.videoId, 'completed');
  expect((await askForSound(cluster.apis[0], sitting.videoId)).status).toBe(202);
  await until('it is being fetched', async () => (await statusOf(cluster.apis[0], sitting.videoId)).bytes_done > 0);

  const load = startLoad(balancer.address, heard.videoId);
  // Machine by machine.
  for (const machine of [0, 1] as const) {
    await Promise.all([cluster.apis, cluster.workers, cluster.schedulers].map((seats) => restart(seats[machine])));
    // nginx leaves an instance alone for this long after it refused: the next one must not be the only one it trusts.
    await new Promise((passed) => setTimeout(passed, NGINX_FAIL_TIMEOUT_SECONDS * 1_100));
  }
  hurry();
  const done = await untilStatus(cluster.apis[0], sitting.videoId, 'completed');
  expect(done.audio_file?.sha256).toBe(sha256Of(big.slice(0, big.sizeBytes)));
  const result = await load.stop();
  console.log('wrk:', JSON.stringify(result));
  expect(result).toEqual({ requests: result.requests, connect: 0, read: 0, write: 0, status: 0, timeout: 0 });
  expect(result.requests).toBeGreaterThan(1_000);
});

test('everything in the bucket is what its name says, and nothing is there that no debate needs', async () => {
  const { code, stdout } = await robian(['vault', 'verify', '--json'], {
    ...cluster.environment,
    DATA_DIR: cluster.apis[0].dataDir,
  });
  expect(code).toBe(0);
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  expect(report).toMatchObject({ missing: [], corrupt: [], orphans: [], storageSuspected: false });
  expect(report.checked).toBeGreaterThan(3);
});

async function restart(seat: Seat): Promise<void> {
  const stoppedAtMs = performance.now();
  seat.process.kill('SIGTERM');
  expect((await seat.process.exit).code).toBe(0);
  // The drain, and what was under way: nobody held a connection until it was cut.
  if (seat.role === 'api') expect((performance.now() - stoppedAtMs) / 1000).toBeLessThan(8);
  await cluster.start(seat);
}

interface LoadResult {
  requests: number;
  connect: number;
  read: number;
  write: number;
  status: number;
  timeout: number;
}

/** Longer than the test may last; it is stopped before. */
const LOAD_SECONDS = 110;

/** A mixture of requests over 16 connections, until stopped. */
function startLoad(address: string, debateId: string): { stop(): Promise<LoadResult> } {
  const script = new URL('load.lua', import.meta.url).pathname;
  const options = ['-t1', '-c16', `-d${LOAD_SECONDS}s`, '--timeout', '10s', '-s', script, address, '--', debateId];
  const child = spawn('wrk', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  loads.push(child);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const ended = new Promise((closed) => child.once('close', closed));
  return {
    stop: async () => {
      expect(child.exitCode).toBeNull();
      child.kill('SIGINT');
      await ended;
      return JSON.parse(output.trim().split('\n').at(-1) ?? '') as LoadResult;
    },
  };
}
