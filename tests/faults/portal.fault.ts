import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parisDay } from '../../src/platform/clock/index.ts';
import { SITTINGS } from '../support/demo-sittings.ts';
import { openReplayedHouse, type ReplayedHouse } from '../support/replayed-house.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { askForSound, openStage, recordingOf, statusOf } from '../support/stage.ts';
import { until } from '../support/until.ts';

const DAYS = SITTINGS.map(({ startsAtMs }) => parisDay(new Date(startsAtMs))).sort();
const PERIOD = { since: DAYS.at(0) ?? '', until: DAYS.at(-1) ?? '' };
/** As INGEST_EVERY has it by default. */
const EVERY_MS = 600_000;
const DAY_MS = 24 * 3_600_000;
const everything = (): boolean => true;

describe('the register, while the portal', () => {
  let house: ReplayedHouse;
  let before: unknown;
  const facts = async (): Promise<unknown> =>
    (
      await sql`select id, title, sitting_state, sorts_at, duration_seconds, media from debates order by id`.execute(
        house.database.db,
      )
    ).rows;
  beforeEach(async () => {
    house = await openReplayedHouse();
    before = await facts();
  });
  afterEach(() => house.close());

  it('is down for a day, stays as it was, and is right again with the first walk afterwards', async () => {
    const { replay, ingest, clock } = house;
    replay.faults.add({ match: everything, kind: 'status', status: 503 });
    for (let passedMs = 0; passedMs < DAY_MS; passedMs += EVERY_MS) {
      clock.advance(EVERY_MS);
      const walked = await ingest.run(PERIOD).catch(() => null);
      expect(walked?.withdrawn ?? 0).toBe(0);
      await ingest.observeLive().catch(() => null);
    }
    const meanwhile = (await facts()) as { sitting_state: string }[];
    expect(meanwhile.some(({ sitting_state }) => sitting_state === 'withdrawn')).toBe(false);
    replay.faults.clear();
    await ingest.observeLive();
    expect(await ingest.run(PERIOD)).toMatchObject({ failed: [], outOfReach: [] });
    expect(await facts()).toEqual(before);
  });

  it.each([
    ['answers everything with its page for what it does not have', { kind: 'html' }],
    ['breaks off in the middle of what it says', { kind: 'drop', afterBytes: 300 }],
    ['announces more than it sends', { kind: 'wrong-length', extraBytes: 1000 }],
    ['sends other bytes than it has', { kind: 'corrupt-bytes', fromByte: 0, toByte: 2_000 }],
    ['says that there is nothing', { kind: 'status', status: 404 }],
  ] as const)(
    '%s: nothing that has ended is withdrawn or changed for it, and all is right again afterwards',
    async (_, fault) => {
      const { replay, ingest } = house;
      replay.faults.add({ match: everything, ...fault });
      await ingest.run(PERIOD).catch(() => null);
      await ingest.observeLive().catch(() => null);
      const settled = (rows: unknown): unknown =>
        (rows as { sitting_state: string }[]).filter(({ sitting_state }) => sitting_state === 'ended');
      // The page that the portal shows for everything then is the one by which it says that a sitting is withdrawn: of one on the air
      // that is believed until the next walk. What is recorded is not.
      if (fault.kind === 'html') expect(settled(await facts())).toEqual(settled(before));
      else expect(await facts()).toEqual(before);
      replay.faults.clear();
      await ingest.observeLive();
      expect(await ingest.run(PERIOD)).toMatchObject({ failed: [] });
      expect(await facts()).toEqual(before);
    },
  );
});

describe('the sound, while the source', () => {
  it.each([
    ['sends other bytes in the middle', { kind: 'corrupt-bytes', fromByte: 50_000, toByte: 250_000 }],
    ['sends a page instead', { kind: 'html' }],
  ] as const)('%s: nothing of it is published', async (_, fault) => {
    await using stage = await openStage();
    expect((await robian(['ingest', ...stage.days], stage.environment)).code).toBe(0);
    const sitting = recordingOf(stage, 'Protection des sources');
    // Every way to the sound lies, so that no other source helps.
    const lies = (url: URL): boolean => /\.(mp3|mp4|ts|m3u8|m4s)$/.test(url.pathname);
    const end = stage.replay.faults.add({ match: lies, ...fault });
    const service = await startRobianProcess(['start'], {
      ...stage.environment,
      FFMPEG_PATH: '/nonexistent',
      YTDLP_PATH: '/nonexistent',
    });
    await service.ready();
    await askForSound(service.address, sitting.videoId);
    await until('it was tried', () => service.log().some(({ msg }) => msg === 'a source failed'));
    expect((await statusOf(service.address, sitting.videoId)).audio_file).toBeNull();
    end();
    // Tried again by itself, or asked for again where it was given up: what was fetched before may yet fail, too.
    await until('the sound is here', async () => {
      const { status } = await statusOf(service.address, sitting.videoId);
      if (status === 'failed') await askForSound(service.address, sitting.videoId);
      return status === 'completed';
    });
    expect((await statusOf(service.address, sitting.videoId)).audio_file?.size_bytes).toBeGreaterThan(0);
  });
});
