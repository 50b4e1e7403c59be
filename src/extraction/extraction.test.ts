import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { ffmpeg, hasFfmpeg } from '../../tests/support/ffmpeg.ts';
import { type FaultAction, fileOf, type MediaServer, startMediaServer } from '../../tests/support/media-server.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { syntheticMp3 } from '../../tests/support/synthetic-mp3.ts';
import { openWorkshop, type Workshop, type WorkshopOptions } from '../../tests/support/workshop.ts';
import { systemClock } from '../platform/clock/index.ts';
import type { MediaCandidate } from '../sources/index.ts';
import { vaultErrors } from '../vault/index.ts';
import { MAX_ATTEMPTS } from './chain.ts';
import type { ExtractionWish } from './extraction.ts';
import { findFfmpeg } from './fetching/ffmpeg.ts';
import type { Run } from './run.ts';
import type { ExtractionObserver } from './worker.ts';

const SIZE = 384 * 8_000;
const SECONDS = 192;
const MP3 = '/domain1/2026/10/hemi_1.mp3';

let database: TestDatabase;
let media: MediaServer;
let workshop: Workshop;
let debateId: string;
let candidates: MediaCandidate[];
let opened: Workshop[];

const candidate = (kind: MediaCandidate['kind'], path: string): MediaCandidate => ({
  kind,
  url: media.url(path),
  durationAtLeastSeconds: null,
});
const wish = (change: Partial<ExtractionWish> = {}): ExtractionWish => ({
  debateId,
  format: 'mp3',
  quality: 'original',
  priority: 'normal',
  requestedBy: null,
  ...change,
});
const open = async (change: Partial<WorkshopOptions> = {}): Promise<Workshop> => {
  const one = await openWorkshop({ database, dataDir: database.dataDir, media: async () => candidates, ...change });
  opened.push(one);
  return one;
};

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

let debates = 0;
beforeEach(async () => {
  opened = [];
  media = await startMediaServer();
  media.files.set(MP3, { sizeBytes: SIZE, read: syntheticMp3, etag: '"v1"' });
  candidates = [candidate('mp3', MP3)];
  workshop = await open();
  debates += 1;
  debateId = `${debates}_6ac548b948b27`;
  await workshop.debates.record(sampleDebate(debateId));
});

afterEach(async () => {
  await sql`truncate extraction_runs, audio_files, events`.execute(database.db);
  for (const one of opened) await one.close();
  await media.close();
  rmSync(join(database.dataDir, 'staging'), { recursive: true, force: true });
  rmSync(join(database.dataDir, 'vault'), { recursive: true, force: true });
});

/** Does the jobs that wait, and those they lead to, as a worker would after their pauses. */
async function workAll(of: Workshop = workshop, signal = new AbortController().signal): Promise<void> {
  for (let job = of.jobs.shift(); job !== undefined; job = of.jobs.shift()) {
    await sql`update extraction_runs set not_before = now()`.execute(database.db);
    await of.extraction.handle({ data: job.data, signal });
  }
}

async function extract(of: Workshop = workshop, change: Partial<ExtractionWish> = {}): Promise<Run> {
  await of.extraction.request(wish(change));
  await workAll(of);
  return (await of.extraction.status(debateId)).run;
}

const news = async (): Promise<string[]> =>
  (await workshop.events.readAfter(0, 1_000))
    .filter((event) => event.channel === 'extractions')
    .map((event) => event.type.replace('extraction_', ''));
const published = async (): Promise<number> =>
  ((await workshop.vault.readyFiles([debateId])).get(debateId) ?? []).length;
const sent = (): number => media.sentBytes.get(MP3) ?? 0;

describe('from the wish to the file', () => {
  it('the published MP3 is fetched, verified, published as it is, and told', async () => {
    const run = await extract();
    expect(run).toMatchObject({ state: 'done', progress: 100, attempts: 1, errorCode: null, sourceKind: 'mp3' });
    const { file } = await workshop.extraction.status(debateId);
    expect(file).toMatchObject({ format: 'mp3', origin: 'published', sizeBytes: SIZE, sourceUrl: media.url(MP3) });
    expect(file?.durationSeconds).toBeCloseTo(SECONDS, 1);
    expect(file?.sha256).toBe(createHash('sha256').update(syntheticMp3(0, SIZE)).digest('hex'));
    expect(await news()).toEqual(['started', 'completed']);
    expect(await workshop.debates.get(debateId)).toMatchObject({
      hasAudio: true,
      status: 'disponible',
      durationSeconds: SECONDS,
    });
    expect(workshop.workspaces()).toEqual([]);
  });

  it('its end is counted once, with the source that brought it, or with what each failed by', async () => {
    const noted: unknown[] = [];
    const observer: ExtractionObserver = {
      sourceTried: (source, code, seconds) => noted.push([source, code, seconds >= 0]),
      runEnded: (outcome, code, seconds) => noted.push([outcome, code, seconds >= 0]),
    };
    const counted = await open({ change: { observer } });
    await extract(counted);
    expect(noted.splice(0)).toEqual([
      ['mp3', null, true],
      ['completed', null, true],
    ]);
    debateId = `failing_${debateId}`;
    await counted.debates.record(sampleDebate(debateId));
    media.faults.push(() => ({ do: 'status', status: 404 }));
    const failed = await extract(counted);
    expect(noted.splice(0)).toEqual([
      ['mp3', failed.errorCode, true],
      ['failed', failed.errorCode, true],
    ]);
    await counted.extraction.request(wish());
    await counted.extraction.cancel(debateId);
    expect(noted).toEqual([['cancelled', null, true]]);
  });

  it('asking again gives the run that is under way, then the file', async () => {
    const first = await workshop.extraction.request(wish());
    expect(first).toMatchObject({ kind: 'run', created: true });
    expect(await workshop.debates.get(debateId)).toMatchObject({ status: 'extraction' });
    const again = await workshop.extraction.request(wish({ priority: 'urgent' }));
    expect(again).toMatchObject({ kind: 'run', created: false, run: { id: first.kind === 'run' ? first.run.id : '' } });
    await workAll();
    expect(await workshop.extraction.request(wish())).toMatchObject({ kind: 'ready', run: { state: 'done' } });
    expect(workshop.jobs).toEqual([]);
  });

  it('asked twenty times at once, there is one run and one job', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => workshop.extraction.request(wish())));
    expect(new Set(answers.map((answer) => (answer.kind === 'run' ? answer.run.id : ''))).size).toBe(1);
    expect(answers.filter((answer) => answer.kind === 'run' && answer.created)).toHaveLength(1);
    expect(workshop.jobs).toHaveLength(1);
  });

  it('a job that comes twice is done once', async () => {
    await workshop.extraction.request(wish());
    const [job] = workshop.jobs;
    if (job === undefined) throw new Error('no job');
    await workAll();
    await workshop.extraction.handle({ data: job.data, signal: new AbortController().signal });
    expect(sent()).toBe(SIZE);
  });

  it('a run that nobody knows is left alone', async () => {
    const data = { run_id: '00000000-0000-4000-8000-000000000000' };
    await expect(workshop.extraction.handle({ data, signal: new AbortController().signal })).resolves.toBeUndefined();
  });
});

describe('what cannot be asked', () => {
  it('an unknown debate', async () => {
    await expect(workshop.extraction.request(wish({ debateId: 'nope' }))).rejects.toMatchObject({
      code: 'debates/not-found',
    });
  });

  it('a debate without any published sound', async () => {
    candidates = [];
    await expect(workshop.extraction.request(wish())).rejects.toMatchObject({ code: 'extraction/no-source' });
  });

  it('more than the queue holds, counted exactly when all come at once', async () => {
    const ids = Array.from({ length: 8 }, (_, n) => `${debates}_queue_${n}`);
    for (const id of ids) await workshop.debates.record(sampleDebate(id));
    const answers = await Promise.allSettled(ids.map((id) => workshop.extraction.request(wish({ debateId: id }))));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ code: 'extraction/queue-full', retryAfterSeconds: 60 });
  });

  it('anything while the disk is nearly full', async () => {
    const full = await open({ change: { diskFloorBytes: Number.MAX_SAFE_INTEGER } });
    await expect(full.extraction.request(wish())).rejects.toMatchObject({
      code: 'extraction/disk-low',
      retryAfterSeconds: 600,
    });
  });

  it('the state of what was never asked for', async () => {
    await expect(workshop.extraction.status(debateId)).rejects.toMatchObject({ code: 'extraction/no-run' });
    await expect(workshop.extraction.cancel(debateId)).rejects.toMatchObject({ code: 'extraction/no-run' });
    expect(await workshop.extraction.latest(debateId)).toBeNull();
  });
});

describe('every fault ends in a coded state, with nothing published and nothing left', () => {
  it.each<[string, FaultAction, string, number]>([
    ['403', { do: 'status', status: 403 }, 'extraction/source-refused', 1],
    ['404', { do: 'status', status: 404 }, 'extraction/source-missing', 1],
    ['410', { do: 'status', status: 410 }, 'extraction/source-gone', 1],
    ['500', { do: 'status', status: 500 }, 'extraction/source-failing', 3],
    ['429', { do: 'status', status: 429, headers: { 'retry-after': '120' } }, 'extraction/source-busy', 3],
    ['a page in place of the sound', { do: 'html' }, 'extraction/not-audio', 1],
    ['dropped connections', { do: 'drop', afterBytes: 100 }, 'extraction/source-cut', 3],
    ['other bytes than asked', { do: 'wrong-range' }, 'extraction/source-misbehaves', 1],
  ])('%s', async (_name, action, code, attempts) => {
    media.faults.push(() => action);
    expect(await extract()).toMatchObject({ state: 'failed', errorCode: code, attempts });
    expect(await published()).toBe(0);
    expect(workshop.workspaces()).toEqual([]);
    expect(await news()).toEqual(['started', 'failed']);
    expect(await workshop.debates.get(debateId)).toMatchObject({ status: 'erreur', hasAudio: false });
  });

  it.each<[string, () => Buffer, string]>([
    [
      'zeros behind the first frames',
      () => Buffer.concat([syntheticMp3(0, 40_000), Buffer.alloc(SIZE)]),
      'vault/not-audio',
    ],
    [
      'garbage in the middle',
      () => Buffer.concat([syntheticMp3(0, SIZE / 2), Buffer.alloc(300_000, 3), syntheticMp3(SIZE / 2, SIZE)]),
      'vault/truncated',
    ],
  ])('a file that is not what it should be: %s', async (_name, bytes, code) => {
    media.files.set(MP3, fileOf(bytes(), { etag: '"bad"' }));
    expect(await extract()).toMatchObject({ state: 'failed', errorCode: code });
    expect(await published()).toBe(0);
    expect(workshop.workspaces()).toEqual([]);
  });

  it('a file that is shorter than the sitting', async () => {
    candidates = [{ ...candidate('mp3', MP3), durationAtLeastSeconds: SECONDS * 2 }];
    expect(await extract()).toMatchObject({ state: 'failed', errorCode: 'vault/wrong-duration' });
    expect(await published()).toBe(0);
  });

  it('a source that no longer says where the sound is', async () => {
    await workshop.extraction.request(wish());
    candidates = [];
    await workAll();
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({
      state: 'failed',
      errorCode: 'extraction/no-source',
    });
  });

  it('a source whose page does not answer is asked again, then given up', async () => {
    let asked = 0;
    const fails = await open({
      media: async () => {
        asked += 1;
        if (asked === 1) return candidates;
        throw Object.assign(new Error('write'), { code: 'ENOSPC' });
      },
    });
    expect(await extract(fails)).toMatchObject({
      state: 'failed',
      errorCode: 'extraction/disk-full',
      attempts: MAX_ATTEMPTS,
    });
  });

  it('a run that ends while another request looks is not begun again', async () => {
    const { vault } = workshop;
    const late = await open({
      change: {
        vault: {
          ...vault,
          // The last thing that a request looks at before it makes a run.
          freeBytes: async () => {
            await extract(workshop);
            return vault.freeBytes();
          },
        },
      },
    });
    expect(await late.extraction.request(wish())).toMatchObject({ kind: 'ready', run: { state: 'done', attempts: 1 } });
    expect(late.jobs).toEqual([]);
  });

  it('a storage that is away is waited for, and what was fetched is not fetched again', async () => {
    let attempts = 0;
    const { vault } = workshop;
    const shaky = await open({
      change: {
        vault: {
          ...vault,
          publish: (publication) => {
            attempts += 1;
            return attempts > 2 ? vault.publish(publication) : Promise.reject(vaultErrors.error('storage-away'));
          },
        },
      },
    });
    await shaky.extraction.request(wish());
    const waits: number[] = [];
    for (let job = shaky.jobs.shift(); job !== undefined; job = shaky.jobs.shift()) {
      waits.push(job.afterSeconds);
      await sql`update extraction_runs set not_before = now()`.execute(database.db);
      await shaky.extraction.handle({ data: job.data, signal: new AbortController().signal });
    }
    expect(waits).toEqual([0, 30, 60]);
    expect((await shaky.extraction.status(debateId)).run).toMatchObject({ state: 'done', attempts: 3 });
    expect(media.sentBytes.get(MP3)).toBeLessThan(SIZE * 1.1);
  });

  it('after a failure it may be asked for again', async () => {
    media.faults.push(() => ({ do: 'status', status: 404 }));
    const failed = await extract();
    media.faults.length = 0;
    const run = await extract();
    expect(run.state).toBe('done');
    expect(run.id).not.toBe(failed.id);
  });

  it('a trouble that passes costs a pause and nothing more', async () => {
    media.faults.push(({ number }) => (number <= 9 ? { do: 'status', status: 503 } : undefined));
    await workshop.extraction.request(wish());
    const [job] = workshop.jobs.splice(0);
    if (job === undefined) throw new Error('no job');
    await workshop.extraction.handle({ data: job.data, signal: new AbortController().signal });
    const waiting = await workshop.extraction.status(debateId);
    expect(waiting.run).toMatchObject({ state: 'queued', attempts: 1, errorCode: 'extraction/source-failing' });
    expect(workshop.jobs).toMatchObject([{ afterSeconds: 4 }]);
    await workAll();
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({
      state: 'done',
      attempts: 2,
      errorCode: null,
    });
  });

  it('a run that waits is not taken before its time', async () => {
    media.faults.push(() => ({ do: 'status', status: 503 }));
    await workshop.extraction.request(wish());
    const [job] = workshop.jobs.splice(0);
    if (job === undefined) throw new Error('no job');
    for (let times = 0; times < 2; times += 1) {
      await workshop.extraction.handle({ data: job.data, signal: new AbortController().signal });
    }
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({ state: 'queued', attempts: 1 });
  });
});

describe.runIf(hasFfmpeg)('the next source', () => {
  let recordings: string;
  let withFfmpeg: Workshop;
  beforeAll(() => {
    recordings = mkdtempSync(join(tmpdir(), 'robian-chain-'));
    const input = [
      '-f',
      'lavfi',
      '-i',
      'testsrc=size=64x36:rate=5:duration=12',
      '-f',
      'lavfi',
      '-i',
      'sine=duration=12',
    ];
    const encode = ['-c:v', 'mpeg2video', '-g', '10', '-c:a', 'aac'];
    ffmpeg(
      [...input, ...encode, '-hls_time', '4', '-hls_playlist_type', 'vod', '-hls_segment_filename', 's%d.ts', 'p.m3u8'],
      recordings,
    );
    ffmpeg([...input, '-c:v', 'mpeg4', '-c:a', 'aac', '-movflags', '+faststart', 'whole.mp4'], recordings);
  });
  afterAll(() => rmSync(recordings, { recursive: true }));
  beforeEach(async () => {
    for (const name of readdirSync(recordings)) {
      media.files.set(
        `/v/${name}`,
        fileOf(readFileSync(join(recordings, name)), { contentType: 'application/octet-stream' }),
      );
    }
    const tool = await findFfmpeg({ configured: undefined, path: process.env.PATH, clock: systemClock });
    withFfmpeg = await open({ tools: { ffmpeg: tool, ytDlp: null } });
  });

  it('is the video, when the MP3 is missing: its sound is copied, and said to be', async () => {
    candidates = [candidate('hls', '/v/p.m3u8'), candidate('mp3', '/none.mp3')];
    const run = await extract(withFfmpeg);
    expect(run).toMatchObject({ state: 'done', attempts: 1 });
    expect(run.sourceFailures).toMatchObject([{ kind: 'mp3', code: 'extraction/source-missing', over: true }]);
    const { file } = await withFfmpeg.extraction.status(debateId);
    expect(file).toMatchObject({ format: 'm4a', origin: 'copied' });
    expect(file?.durationSeconds).toBeCloseTo(12, 0);
    expect(withFfmpeg.workspaces()).toEqual([]);
    expect(await withFfmpeg.extraction.request(wish())).toMatchObject({ kind: 'ready', file: { format: 'm4a' } });
  });

  it('is the large video, when all else is missing', async () => {
    candidates = [
      candidate('mp3', '/none.mp3'),
      candidate('hls', '/v/none.m3u8'),
      candidate('page', '/x'),
      candidate('mp4', '/v/whole.mp4'),
    ];
    const run = await extract(withFfmpeg);
    expect(run.sourceFailures.map((failure) => failure.code)).toEqual([
      'extraction/source-missing',
      'extraction/source-missing',
      'extraction/yt-dlp-missing',
    ]);
    expect(run.state).toBe('done');
    expect((await withFfmpeg.extraction.status(debateId)).file).toMatchObject({ format: 'm4a', origin: 'copied' });
  });

  it('is told in the end by the failure of the best one', async () => {
    candidates = [candidate('mp3', '/none.mp3'), candidate('hls', '/v/p.m3u8'), candidate('mp4', '/v/whole.mp4')];
    const run = await extract();
    expect(run).toMatchObject({ state: 'failed', errorCode: 'extraction/source-missing' });
    expect(run.sourceFailures.map((failure) => failure.code)).toEqual([
      'extraction/source-missing',
      'extraction/ffmpeg-missing',
      'extraction/ffmpeg-missing',
    ]);
  });
});

describe('cancelling', () => {
  it('a run that waits ends at once', async () => {
    await workshop.extraction.request(wish());
    expect(await workshop.extraction.cancel(debateId)).toMatchObject({ state: 'cancelled' });
    await workAll();
    expect(media.requests).toEqual([]);
    expect(await news()).toEqual(['failed']);
    await expect(workshop.extraction.cancel(debateId)).rejects.toMatchObject({ code: 'extraction/not-active' });
  });

  it('a run that runs ends from any process, and leaves nothing', async () => {
    media.bytesPerSecond = 200_000;
    const elsewhere = await open();
    await workshop.extraction.request(wish());
    const working = workAll();
    await untilState('running');
    expect(await elsewhere.extraction.cancel(debateId)).toMatchObject({ state: 'running' });
    await working;
    expect((await workshop.extraction.status(debateId)).run.state).toBe('cancelled');
    expect(workshop.workspaces()).toEqual([]);
    expect(await published()).toBe(0);
    expect(sent()).toBeLessThan(SIZE);
    expect(await workshop.debates.get(debateId)).toMatchObject({ status: 'termine' });
  });
});

async function untilState(state: Run['state']): Promise<void> {
  while ((await workshop.extraction.latest(debateId))?.state !== state) await systemClock.sleep(5);
}
async function untilSent(bytes: number): Promise<void> {
  while (sent() < bytes) await systemClock.sleep(5);
}

describe('workers that stop', () => {
  it('on request give the run back, and the next one goes on from there', async () => {
    media.bytesPerSecond = 700_000;
    const stopping = new AbortController();
    await workshop.extraction.request(wish());
    const [job] = workshop.jobs.splice(0);
    if (job === undefined) throw new Error('no job');
    const working = workshop.extraction.handle({ data: job.data, signal: stopping.signal });
    await untilSent(SIZE / 3);
    stopping.abort(new Error('the process stops'));
    await working;
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({ state: 'queued', attempts: 0 });
    media.bytesPerSecond = 0;
    await workAll();
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({ state: 'done', attempts: 1 });
    expect(sent()).toBeLessThan(SIZE * 1.3);
  });

  it('a worker that is told to stop takes nothing new', async () => {
    await workshop.extraction.request(wish());
    await expect(workAll(workshop, AbortSignal.abort(new Error('the process stops')))).rejects.toThrow('stops');
    expect((await workshop.extraction.status(debateId)).run.state).toBe('queued');
  });

  /** A claim by a worker that then falls silent for `seconds`. */
  async function lostRun(seconds: number, columns = sql`attempts = 1`): Promise<string> {
    const answer = await workshop.extraction.request(wish());
    if (answer.kind !== 'run') throw new Error('no run');
    workshop.jobs.length = 0;
    await sql`update extraction_runs set state = 'running', worker_id = 'gone', started_at = now(), ${columns},
      heartbeat_at = now() - make_interval(secs => ${seconds})`.execute(database.db);
    return answer.run.id;
  }

  it('without a word are waited for 15 s, then their run is queued again', async () => {
    await lostRun(10);
    expect(await workshop.extraction.recover()).toEqual({ requeued: 0, failed: 0, cancelled: 0 });
    await sql`update extraction_runs set heartbeat_at = now() - interval '16 seconds'`.execute(database.db);
    expect(await workshop.extraction.recover()).toEqual({ requeued: 1, failed: 0, cancelled: 0 });
    expect(workshop.jobs).toHaveLength(1);
    await workAll();
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({ state: 'done', attempts: 2 });
  });

  it('are not waited for where nobody else can be working', async () => {
    await lostRun(1);
    expect(await workshop.extraction.recover({ alone: true })).toMatchObject({ requeued: 1 });
  });

  it('their run is also taken over by whoever gets its job', async () => {
    const id = await lostRun(20);
    await workshop.extraction.handle({ data: { run_id: id }, signal: new AbortController().signal });
    expect((await workshop.extraction.status(debateId)).run.state).toBe('done');
  });

  it('too often: the run ends instead of taking every worker down', async () => {
    await lostRun(20, sql`attempts = ${MAX_ATTEMPTS}`);
    expect(await workshop.extraction.recover()).toMatchObject({ failed: 1 });
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({
      state: 'failed',
      errorCode: 'extraction/worker-lost',
    });
  });

  it('with a cancellation pending: the run ends cancelled', async () => {
    await lostRun(20, sql`cancel_requested_at = now()`);
    expect(await workshop.extraction.recover()).toMatchObject({ cancelled: 1 });
    expect((await workshop.extraction.status(debateId)).run.state).toBe('cancelled');
  });

  it('and come back find their run another’s, and publish nothing over it', async () => {
    media.bytesPerSecond = 700_000;
    await workshop.extraction.request(wish());
    const working = workAll();
    await untilState('running');
    await sql`update extraction_runs set worker_id = 'another'`.execute(database.db);
    await working;
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({ state: 'running', audioFileId: null });
    expect(await published()).toBe(0);
  });

  it('between publishing and saying so leave nothing to fetch again', async () => {
    const id = await lostRun(20);
    const workspace = await workshop.vault.workspace(id);
    // As the vault leaves it when it is killed after the bytes are in place: the transaction of the run never happened.
    const inspection = await inspectInto(workspace);
    const died = workshop.vault.publish({
      debateId,
      path: join(workspace, 'a.mp3'),
      inspection,
      origin: 'published',
      sourceUrl: media.url(MP3),
      within: async () => {
        throw new Error('killed');
      },
    });
    await expect(died).rejects.toThrow('killed');
    await workshop.extraction.recover();
    await workAll();
    expect((await workshop.extraction.status(debateId)).run).toMatchObject({ state: 'done', attempts: 2 });
    expect(media.requests).toEqual([]);
    expect(workshop.workspaces()).toEqual([]);
  });

  async function inspectInto(workspace: string) {
    await writeFile(join(workspace, 'a.mp3'), syntheticMp3(0, SIZE));
    return workshop.vault.inspect(join(workspace, 'a.mp3'), { format: 'mp3' });
  }

  it('a queued run whose job was lost gets another after a minute, once', async () => {
    await workshop.extraction.request(wish());
    workshop.jobs.length = 0;
    await workshop.extraction.recover();
    expect(workshop.jobs).toHaveLength(0);
    await sql`update extraction_runs set not_before = now() - interval '2 minutes', updated_at = now() - interval '2 minutes'`.execute(
      database.db,
    );
    await workshop.extraction.recover();
    await workshop.extraction.recover();
    expect(workshop.jobs).toHaveLength(1);
  });

  it('workspaces of runs that are over are swept, those of runs under way are not', async () => {
    await workshop.extraction.request(wish());
    const answer = await workshop.extraction.request(wish());
    if (answer.kind !== 'run') throw new Error('no run');
    await workshop.vault.workspace(answer.run.id);
    await workshop.vault.workspace('left-by-a-crash');
    for (const name of workshop.workspaces()) await utimes(join(database.dataDir, 'staging', name), 1, 1);
    expect(await workshop.extraction.sweep()).toBe(1);
    expect(workshop.workspaces()).toEqual([answer.run.id]);
  });
});

describe('who asked', () => {
  it('is the account of every run under way, or nobody', async () => {
    expect(await workshop.extraction.askedBy(debateId)).toBeNull();
    candidates = [candidate('mp3', MP3), candidate('hls', '/a.m3u8')];
    await workshop.extraction.request(wish({ requestedBy: 'camille' }));
    await workshop.extraction.request(wish({ requestedBy: 'dominique' }));
    expect(await workshop.extraction.askedBy(debateId)).toBe('camille');
    await workshop.extraction.request(wish({ format: 'm4a', requestedBy: 'dominique' }));
    expect(await workshop.extraction.askedBy(debateId)).toBeNull();
    await expect(workshop.extraction.askedBy('nope')).rejects.toMatchObject({ code: 'debates/not-found' });
  });

  it('is told to the one who asked, and forgotten when they leave; the run goes on', async () => {
    await workshop.extraction.request(wish({ requestedBy: 'camille' }));
    const { requests } = workshop.extraction;
    expect(await requests.export('camille')).toEqual([{ debate_id: debateId, asked_at: expect.any(String) }]);
    await database.db.transaction().execute((trx) => requests.erase(trx, 'camille'));
    expect(await requests.export('camille')).toEqual([]);
    expect(await workshop.extraction.latest(debateId)).toMatchObject({ state: 'queued', requestedBy: null });
  });
});
