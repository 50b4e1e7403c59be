import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import type { Announcement } from '../sources/index.ts';
import { createDebates, type Debates } from './index.ts';
import { statusOf } from './sitting-state.ts';

const MEETING = 'RUANR5L17S2027IDS30927';

function announcement(change: Partial<Announcement> = {}): Announcement {
  return {
    origin: 'programme',
    isCertain: true,
    meetingId: MEETING,
    title: 'Séance publique',
    description: '',
    type: 'seance_publique',
    startsAt: '2026-10-06T21:30:00+02:00',
    commission: null,
    place: 'Hémicycle',
    thumbnailUrl: null,
    provenance: {
      url: 'https://portal.example/php/getedito.php',
      fetchedAt: new Date(),
      etag: null,
      lastModified: null,
      sha256: null,
    },
    ...change,
  };
}

describe('the register', () => {
  let database: TestDatabase;
  let events: Events;
  let debates: Debates;
  beforeAll(async () => {
    database = await openTestDatabase();
    events = createEvents({ database, onError: () => undefined });
    debates = createDebates({ db: database.db, events });
  });
  beforeEach(async () => {
    await sql`truncate debates, debate_aliases, events cascade`.execute(database.db);
  });
  afterAll(async () => {
    await events.close();
    await database.close();
  });

  const rowVersions = async (): Promise<unknown> =>
    (await sql`select id, xmin::text, updated_at from debates order by id`.execute(database.db)).rows;
  const eventTypes = async (): Promise<string[]> => (await events.readAfter(0, 100)).map((event) => event.type);

  it('writes an observation once: the same again touches no row and tells no news', async () => {
    expect(await debates.record(sampleDebate('1_a'))).toEqual({ id: '1_a', outcome: 'created' });
    const before = await rowVersions();
    expect(await debates.record(sampleDebate('1_a'))).toEqual({ id: '1_a', outcome: 'unchanged' });
    expect(await rowVersions()).toEqual(before);
    expect(await eventTypes()).toEqual(['debate_created']);
  });

  it('takes what changed, in the row that is there', async () => {
    await debates.record(sampleDebate('1_a'));
    expect(await debates.record(sampleDebate('1_a', { title: 'Autre titre' }))).toMatchObject({ outcome: 'updated' });
    expect(await debates.get('1_a')).toMatchObject({ title: 'Autre titre' });
    expect(await eventTypes()).toEqual(['debate_created', 'debate_updated']);
  });

  it('makes one row of an announced sitting and its recording, under the first id, both ids answering', async () => {
    await debates.recordAnnouncement(announcement(), 'portal');
    expect(await debates.get(MEETING)).toMatchObject({ status: 'programme', sourceRef: null });
    const recorded = await debates.record(sampleDebate('2_b', { meetingId: MEETING, state: 'live' }));
    expect(recorded).toEqual({ id: MEETING, outcome: 'updated' });
    expect(await debates.get('2_b')).toMatchObject({ id: MEETING, sourceRef: '2_b', status: 'en_cours' });
    expect(await debates.recordAnnouncement(announcement({ title: 'Plus tard' }), 'portal')).toMatchObject({
      outcome: 'unchanged',
    });
    expect(await eventTypes()).toEqual(['debate_created', 'debate_started']);
  });

  it('keeps two recordings of one meeting apart: the sitting and the cut of its questions', async () => {
    await debates.recordAnnouncement(announcement(), 'portal');
    const clip = await debates.record(sampleDebate('3_c', { meetingId: MEETING, type: 'question_gouvernement' }));
    const sitting = await debates.record(sampleDebate('4_d', { meetingId: MEETING }));
    expect(clip).toEqual({ id: '3_c', outcome: 'created' });
    expect(sitting).toEqual({ id: MEETING, outcome: 'updated' });
  });

  it('answers the meeting id of a recording that was never announced', async () => {
    await debates.record(sampleDebate('5_e', { meetingId: MEETING }));
    expect(await debates.get(MEETING)).toMatchObject({ id: '5_e' });
    expect(await debates.recordAnnouncement(announcement(), 'portal')).toMatchObject({
      id: '5_e',
      outcome: 'unchanged',
    });
  });

  it('takes no announcement that names no meeting, and follows one that changes', async () => {
    expect(await debates.recordAnnouncement(announcement({ meetingId: null }), 'portal')).toBeNull();
    await debates.recordAnnouncement(announcement({ startsAt: null }), 'portal');
    const moved = announcement({ startsAt: '2026-10-06T22:00:00+02:00' });
    expect(await debates.recordAnnouncement(moved, 'portal')).toMatchObject({ outcome: 'updated' });
    expect((await debates.get(MEETING)).startsAt?.toISOString()).toBe('2026-10-06T20:00:00.000Z');
  });

  it('tells when a sitting goes on the air and ends, and never back to announced', async () => {
    await debates.record(sampleDebate('6_f', { state: 'live', liveUrl: 'https://live.example/a.m3u8' }));
    expect(await debates.live()).toMatchObject([{ id: '6_f', liveUrl: 'https://live.example/a.m3u8' }]);
    await debates.record(sampleDebate('6_f', { state: 'ended' }));
    expect(await debates.record(sampleDebate('6_f', { state: 'announced' }))).toMatchObject({ outcome: 'unchanged' });
    expect(await debates.get('6_f')).toMatchObject({ status: 'termine' });
    expect(await eventTypes()).toEqual(['debate_started', 'debate_ended']);
  });

  it('counts of a day in Paris what should have begun, by what is known of it', async () => {
    await debates.recordAnnouncement(announcement(), 'portal');
    const begun = (now: string) => debates.begun(new Date(now));
    expect(await begun('2026-10-06T21:29:59+02:00')).toEqual([]);
    const waited = { type: 'seance_publique', count: 1 };
    expect(await begun('2026-10-06T21:30:00+02:00')).toEqual([{ ...waited, state: 'announced' }]);
    await debates.record(sampleDebate('6_g', { meetingId: MEETING, state: 'live' }));
    expect(await begun('2026-10-06T23:59:59+02:00')).toEqual([{ ...waited, state: 'live' }]);
    expect(await begun('2026-10-07T00:00:00+02:00')).toEqual([]);
    await debates.withdraw(sampleDebate('6_g').ref);
    expect(await begun('2026-10-06T23:59:59+02:00')).toEqual([]);
  });

  it('marks what vanished, deletes nothing, and believes a source that shows it again', async () => {
    const observed = sampleDebate('7_g');
    await debates.record(observed);
    expect(await debates.withdraw(observed.ref)).toMatchObject({ outcome: 'updated' });
    expect(await debates.withdraw(observed.ref)).toMatchObject({ outcome: 'unchanged' });
    expect((await debates.get('7_g')).withdrawnAt).toBeInstanceOf(Date);
    expect(await debates.recordingsOn('portal', '2026-10-06', '2026-10-06')).toEqual([]);
    await debates.record(observed);
    expect(await debates.get('7_g')).toMatchObject({ sittingState: 'ended', withdrawnAt: null });
    expect(await debates.withdraw({ ...observed.ref, id: 'unknown' })).toBeNull();
  });

  it('lists as speakers those whom chapters name, or the directory when none is named', async () => {
    const speakers = [
      { id: 's1', name: 'Mme Ada Martin', personId: 'PA1', role: null },
      { id: 's2', name: 'M. Luc Petit', personId: null, role: 'rapporteur' },
    ];
    const chapter = { id: 'c', label: 'x', typedLabel: 'x', kind: null, speakerIds: [], children: [] };
    await debates.record(
      sampleDebate('8_h', {
        speakers,
        chapters: [{ ...chapter, children: [{ ...chapter, id: 'd', speakerIds: ['s2'] }] }],
      }),
    );
    await debates.record(sampleDebate('9_i', { speakers }));
    expect((await debates.get('8_h')).speakers.map((speaker) => speaker.id)).toEqual(['s2']);
    expect((await debates.get('9_i')).speakers).toHaveLength(2);
  });

  it('writes two simultaneous observations of one recording as one row', async () => {
    const results = await Promise.all([1, 2, 3].map(() => debates.record(sampleDebate('10_j'))));
    expect(results.filter((result) => result.outcome === 'created').length).toBeGreaterThanOrEqual(1);
    const { rows } = await sql<{ n: number }>`select count(*) as n from debates`.execute(database.db);
    expect(rows[0]?.n).toBe(1);
  });

  it('computes the status by one rule, in the table as in the code', async () => {
    for (const sittingState of ['announced', 'live', 'ended'] as const) {
      for (const runState of [null, 'active', 'failed'] as const) {
        for (const hasAudio of [true, false]) {
          const id = `s_${sittingState}_${runState}_${hasAudio}`;
          await debates.record(sampleDebate(id, { state: sittingState }));
          await database.db.transaction().execute(async (trx) => {
            await debates.reportRun(trx, id, runState);
            await debates.reportAudio(trx, id, { available: hasAudio, durationSeconds: hasAudio ? 12.5 : null });
          });
          expect((await debates.get(id)).status, id).toBe(statusOf({ sittingState, runState, hasAudio }));
        }
      }
    }
  });

  it('tells news of the sound only when it changes', async () => {
    await debates.record(sampleDebate('11_k'));
    const report = (): Promise<void> =>
      database.db
        .transaction()
        .execute((trx) => debates.reportAudio(trx, '11_k', { available: true, durationSeconds: 9 }));
    await report();
    const before = await rowVersions();
    await report();
    expect(await rowVersions()).toEqual(before);
    expect(await eventTypes()).toEqual(['debate_created', 'debate_updated']);
  });
});
