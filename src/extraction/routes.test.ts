import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { type MediaServer, startMediaServer } from '../../tests/support/media-server.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { syntheticMp3 } from '../../tests/support/synthetic-mp3.ts';
import { openWorkshop, type Workshop } from '../../tests/support/workshop.ts';
import { defineErrors } from '../platform/errors/index.ts';
import { type App, bearerToken, createHttpServer, problemResponse } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { registerExtractionRoutes } from './index.ts';

const ID = '19502241_6ac548b948b27';
const MEETING = 'RUANR5L17S2027IDS30927';
const EXTRACT = `/api/streaming/${ID}/extract`;
const STATUS = `/api/streaming/${ID}/status`;
const SIZE = 384 * 4_000;
const testErrors = defineErrors('test', {
  unauthorised: { status: 401, retryable: false, title: { fr: 'x', en: 'x' }, detail: { fr: 'x', en: 'x' } },
});

let database: TestDatabase;
let media: MediaServer;
let workshop: Workshop;
let app: App;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

beforeEach(async () => {
  media = await startMediaServer();
  media.files.set('/a.mp3', { sizeBytes: SIZE, read: syntheticMp3 });
  const candidates = [{ kind: 'mp3' as const, url: media.url('/a.mp3'), durationAtLeastSeconds: null }];
  workshop = await openWorkshop({
    database,
    dataDir: database.dataDir,
    media: async () => candidates,
    change: { queueLimit: 1 },
  });
  await workshop.debates.record(sampleDebate(ID, { meetingId: MEETING }));
  app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    publicUrl: 'https://robian.example',
    trustProxy: false,
    version: 'test',
  });
  registerExtractionRoutes(app, {
    extraction: workshop.extraction,
    publicUrl: 'https://robian.example',
    authorise: (request) => {
      if (bearerToken(request.headers.authorization) !== 'operator') throw testErrors.error('unauthorised');
    },
    refused: {
      401: problemResponse(testErrors.error('unauthorised')),
      403: problemResponse(testErrors.error('unauthorised')),
    },
    requester: () => null,
  });
});

afterEach(async () => {
  await app.close();
  await workshop.close();
  await media.close();
  await sql`truncate extraction_runs, audio_files, events`.execute(database.db);
  rmSync(join(database.dataDir, 'vault'), { recursive: true, force: true });
});

const post = (payload?: object, headers: Record<string, string> = {}, url = EXTRACT) =>
  app.inject({ method: 'POST', url, headers, ...(payload === undefined ? {} : { payload }) });
const cancel = (headers: Record<string, string> = {}) => app.inject({ method: 'DELETE', url: EXTRACT, headers });
const operator = { authorization: 'Bearer operator' };

async function work(): Promise<void> {
  for (let job = workshop.jobs.shift(); job !== undefined; job = workshop.jobs.shift()) {
    await workshop.extraction.handle({ data: job.data, signal: new AbortController().signal });
  }
}

describe('asking for the sound over HTTP', () => {
  it('202 with the place of its status; the same again 200 with the same run; then 200 with the file', async () => {
    const first = await post({ format: 'mp3', quality: 'original', priority: 'high' });
    expect(first.statusCode, first.body).toBe(202);
    expect(first.headers.location).toBe(`https://robian.example/api/streaming/${ID}/status`);
    expect(first.json()).toMatchObject({
      debate_id: ID,
      status: 'queued',
      priority: 'high',
      progress: null,
      error: null,
    });
    const again = await post();
    expect(again.statusCode).toBe(200);
    expect(again.json().extraction_id).toBe(first.json().extraction_id);
    await work();
    const there = await post();
    expect(there.statusCode).toBe(200);
    expect(there.json()).toMatchObject({
      extraction_id: first.json().extraction_id,
      status: 'completed',
      progress: 100,
      source: 'mp3',
      audio_file: {
        format: 'mp3',
        mime_type: 'audio/mpeg',
        size_bytes: SIZE,
        duration_seconds: 96,
        bitrate_kbps: 128,
        origin: 'published',
        url: `https://robian.example/api/streaming/${ID}/stream`,
      },
    });
  });

  it('a file that no run is known to have brought is given without one', async () => {
    await post();
    await work();
    await sql`truncate extraction_runs`.execute(database.db);
    const answer = await post();
    expect(answer.json()).toMatchObject({ extraction_id: null, status: 'completed', audio_file: { size_bytes: SIZE } });
  });

  it('any id the debate was known by will do, with and without version and slash', async () => {
    const first = await post({}, {}, `/api/v1/streaming/${MEETING}/extract/`);
    expect(first.statusCode).toBe(202);
    expect((await app.inject(`/api/streaming/${MEETING}/status/`)).json()).toEqual((await app.inject(STATUS)).json());
  });

  it.each([[{ format: 'ogg' }], [{ quality: '192k' }], [{ priority: 'now' }], [{ colour: 'red' }], [[]]])(
    '%j is refused with 400',
    async (payload) => {
      const answer = await post(payload);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(workshop.jobs).toEqual([]);
    },
  );

  it('what is not there is 404, a full queue 503 with Retry-After', async () => {
    expect((await post({}, {}, '/api/streaming/nope/extract')).json()).toMatchObject({
      status: 404,
      code: 'debates/not-found',
    });
    expect((await app.inject(STATUS)).json()).toMatchObject({ status: 404, code: 'extraction/no-run' });
    await post();
    await workshop.debates.record(sampleDebate('2_a'));
    const full = await post({}, {}, '/api/streaming/2_a/extract');
    expect(full.statusCode).toBe(503);
    expect(full.headers['retry-after']).toBe('60');
    expect(full.json()).toMatchObject({ code: 'extraction/queue-full', detail: expect.stringContaining('1 ') });
  });
});

describe('the state of an extraction over HTTP', () => {
  it('tells a failure in the reader’s language', async () => {
    media.faults.push(() => ({ do: 'status', status: 404 }));
    await post();
    await work();
    const french = await app.inject(STATUS);
    expect(french.json()).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code: 'extraction/source-missing', title: 'Fichier absent de la source', retryable: false },
    });
    expect(french.headers.vary).toContain('accept-language');
    const english = await app.inject({ url: STATUS, headers: { 'accept-language': 'en' } });
    expect(english.json().error.title).toBe('File missing at the source');
  });

  it('tells when a run that waits will be tried again, and why it waits', async () => {
    media.faults.push(() => ({ do: 'status', status: 503 }));
    await post();
    const [job] = workshop.jobs.splice(0);
    if (job === undefined) throw new Error('no job');
    await workshop.extraction.handle({ data: job.data, signal: new AbortController().signal });
    const body = (await app.inject(STATUS)).json();
    expect(body).toMatchObject({
      status: 'queued',
      attempts: 1,
      error: { code: 'extraction/source-failing', retryable: true },
    });
    expect(Date.parse(body.next_attempt_at)).toBeGreaterThan(Date.parse(body.updated_at));
  });

  it('a failure that was the file’s own has its words from the vault', async () => {
    media.files.set('/a.mp3', {
      sizeBytes: SIZE,
      read: (start, end) => (start === 0 ? syntheticMp3(0, end) : Buffer.alloc(end - start)),
    });
    await post();
    await work();
    expect((await app.inject(STATUS)).json()).toMatchObject({
      status: 'failed',
      error: { code: expect.stringMatching(/^vault\//) },
    });
  });
});

describe('cancelling over HTTP', () => {
  it('needs a token, before anything is said', async () => {
    await post();
    expect((await cancel()).statusCode).toBe(401);
    expect((await cancel({ authorization: 'Bearer other' })).statusCode).toBe(401);
    expect((await app.inject(STATUS)).json().status).toBe('queued');
  });

  it('200 when it is over at once, 409 when there is nothing to cancel', async () => {
    await post();
    const answer = await cancel(operator);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ status: 'cancelled', finished_at: expect.any(String) });
    expect((await cancel(operator)).json()).toMatchObject({ status: 409, code: 'extraction/not-active' });
  });

  it('202 when a worker must stop first', async () => {
    await post();
    await sql`update extraction_runs set state = 'running', worker_id = 'w', heartbeat_at = now()`.execute(database.db);
    const answer = await cancel(operator);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ status: 'running', cancel_requested: true });
  });
});

it('every operation is in the OpenAPI document, with its outcomes', async () => {
  await app.ready();
  const paths = (await app.inject('/openapi.json')).json().paths;
  expect(Object.keys(paths['/api/streaming/{debate_id}/extract'].post.responses)).toEqual([
    '200',
    '202',
    '400',
    '404',
    '409',
    '413',
    '415',
    '500',
    '503',
    '507',
  ]);
  expect(paths['/api/streaming/{debate_id}/extract'].delete.security).toEqual([{ operator: [] }, { account: [] }]);
});
