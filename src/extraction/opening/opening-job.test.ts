import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/database.ts';
import { hasFfmpeg } from '../../../tests/support/ffmpeg.ts';
import { openLoopback } from '../../../tests/support/loopback.ts';
import { sampleDebate } from '../../../tests/support/sample-debate.ts';
import { openWorkshop, type Workshop, type WorkshopOptions } from '../../../tests/support/workshop.ts';
import { systemClock } from '../../platform/clock/index.ts';
import type { AudioFile } from '../../vault/index.ts';
import type { Tools } from '../fetching/fetch-sound.ts';
import { findFfmpeg } from '../fetching/ffmpeg.ts';

const DEBATE = '19502241_6ac548b948b27';
const { signal } = new AbortController();

let database: TestDatabase;
let folder: string;
let tools: Tools;
let workshop: Workshop;

beforeAll(async () => {
  database = await openTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'robian-opening-'));
  tools = {
    ffmpeg: await findFfmpeg({ configured: undefined, path: process.env.PATH, clock: systemClock }),
    ytDlp: null,
  };
  if (hasFfmpeg) for (const seconds of [60, 90]) makeRecording(seconds);
});

afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await sql`truncate debates, debate_aliases, audio_files, extraction_runs cascade`.execute(database.db);
});

afterEach(() => workshop.close());

/** An empty room for some seconds, then sound for three minutes. */
function makeRecording(emptySeconds: number): void {
  const noise = (seconds: number, loudness: number) => `anoisesrc=d=${seconds}:c=pink:r=16000:a=${loudness}:seed=7`;
  const graph = '[0:a][1:a]concat=n=2:v=0:a=1';
  const inputs = [noise(emptySeconds, 0.01), noise(180, 0.5)].flatMap((input) => ['-f', 'lavfi', '-i', input]);
  const output = join(folder, `${emptySeconds}.mp3`);
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...inputs, '-filter_complex', graph, '-b:a', '48k', output]);
}

async function open(change: Partial<Tools> = {}, options: Partial<WorkshopOptions> = {}): Promise<void> {
  workshop = await openWorkshop({
    database,
    dataDir: join(folder, 'house'),
    media: async () => [],
    tools: { ...tools, ...change },
    ...options,
  });
  await workshop.debates.record(sampleDebate(DEBATE));
  await workshop.speech.take(DEBATE, {});
}

async function publish(emptySeconds: number): Promise<AudioFile> {
  const path = join(await workshop.vault.workspace(`made-${emptySeconds}`), 'made.mp3');
  copyFileSync(join(folder, `${emptySeconds}.mp3`), path);
  const inspection = await workshop.vault.inspect(path, { format: 'mp3', announced: {}, signal });
  const sourceUrl = 'https://portal.example/made.mp3';
  const origin = 'published' as const;
  return workshop.vault.publish({
    debateId: DEBATE,
    path,
    inspection,
    origin,
    sourceUrl,
    within: async () => undefined,
  });
}

const listen = (file: AudioFile) => workshop.extraction.handleOpening({ data: { audio_file_id: file.id }, signal });
const start = async () => {
  const { sittingStartsAtMs, sittingStartOrigin } = await workshop.debates.get(DEBATE);
  return [sittingStartsAtMs, sittingStartOrigin];
};

describe.skipIf(!hasFfmpeg)('the beginning of a published file (needs ffmpeg)', () => {
  test('tells where the sitting starts, and leaves nothing behind', async () => {
    await open();
    await listen(await publish(90));
    const [startsAtMs, origin] = await start();
    expect(origin).toBe('silence');
    expect(Math.abs(Number(startsAtMs) - 88_000)).toBeLessThanOrEqual(1_000);
    expect(workshop.workspaces().filter((name) => name.startsWith('opening'))).toEqual([]);
  });

  test('listened to again writes nothing; a file in its place is listened to anew', async () => {
    await open();
    const file = await publish(90);
    await listen(file);
    const rows = () =>
      sql`select xmin::text, ctid::text from debates union all
      select xmin::text, ctid::text from opening_levels union all select xmin::text, ctid::text from speech_debates`.execute(
        database.db,
      );
    const before = (await rows()).rows;
    await listen(file);
    expect((await rows()).rows).toEqual(before);
    const replaced = await publish(60);
    // The job of the former file comes late.
    await listen(file);
    expect((await rows()).rows.length).toBe(before.length);
    await listen(replaced);
    expect(Math.abs(Number((await start())[0]) - 58_000)).toBeLessThanOrEqual(1_000);
  });

  test('never says more than what is published', async () => {
    await open();
    const file = await publish(90);
    await listen(file);
    const text = 'La séance est ouverte. Nous allons parler des sources.';
    const provenance = { url: 'https://portal.example/srt', fetchedAt: new Date(), etag: null, lastModified: null };
    const sha256 = createHash('sha256').update(text).digest('hex');
    const value = [{ startsAtMs: 70_000, endsAtMs: 74_000, text }];
    await workshop.speech.take(DEBATE, { captions: { changed: true, value, provenance: { ...provenance, sha256 } } });
    const [startsAtMs, origin] = await start();
    expect(origin).toBe('captions');
    await listen(file);
    expect(await start()).toEqual([startsAtMs, origin]);
  });

  test('before its words were ever looked at waits for that look, which stays due', async () => {
    await open();
    await sql`delete from speech_debates`.execute(database.db);
    await listen(await publish(90));
    expect(await start()).toEqual([null, null]);
    expect(await workshop.speech.due('portal', 10)).toEqual([{ id: DEBATE, check: true }]);
    await workshop.speech.take(DEBATE, {});
    expect((await start())[1]).toBe('silence');
    expect(await workshop.speech.due('portal', 10)).toEqual([]);
  });

  test('is no error when the bytes are gone', async () => {
    await open();
    const file = await publish(90);
    rmSync(join(folder, 'house', 'vault'), { recursive: true, force: true });
    await listen(file);
    expect(await start()).toEqual([null, null]);
  });

  test('is left when the disk has no room for it', async () => {
    await open({}, { change: { diskFloorBytes: Number.MAX_SAFE_INTEGER } });
    await listen(await publish(90));
    expect(await start()).toEqual([null, null]);
  });

  test('is asked for by the extraction that publishes it', async () => {
    const origin = await openLoopback();
    origin.answers.set('/90.mp3', { body: readFileSync(join(folder, '90.mp3')) });
    const url = `${origin.url}/90.mp3`;
    await open({}, { media: async () => [{ kind: 'mp3', url, durationAtLeastSeconds: null }] });
    const { extraction, jobs, openings } = workshop;
    await extraction.request({
      debateId: DEBATE,
      format: 'mp3',
      quality: 'original',
      priority: 'normal',
      requestedBy: null,
    });
    for (const { data } of jobs) await extraction.handle({ data, signal });
    await origin.close();
    const { file } = await extraction.status(DEBATE);
    expect(openings).toEqual([file?.id]);
    for (const id of openings) await extraction.handleOpening({ data: { audio_file_id: id }, signal });
    expect((await start())[1]).toBe('silence');
  });
});

test('without ffmpeg nothing is asked for and nothing is done', async () => {
  await open({ ffmpeg: null });
  expect(workshop.extraction.canListen).toBe(false);
  await workshop.extraction.handleOpening({ data: { audio_file_id: '00000000-0000-0000-0000-000000000000' }, signal });
  expect(await start()).toEqual([null, null]);
});
