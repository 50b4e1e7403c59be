import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { sampleDebate } from '../../tests/support/sample-debate.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { type App, createHttpServer } from '../platform/http/index.ts';
import { createLogger } from '../platform/telemetry/index.ts';
import { createDebates, type Debates, registerDebatesRoutes } from './index.ts';

const NOW = new Date('2026-10-08T12:00:00Z');
/** More than one piece of an export, so that going on from one to the next is tried. */
const MANY = 250;
const provenance = { url: 'https://x', fetchedAt: NOW, etag: null, lastModified: null, sha256: null };
const meeting = (number: number, change: object = {}) => ({
  origin: 'agenda' as const,
  isCertain: true,
  meetingId: `RUANR5L17S2027IDC${number}`,
  title: 'Réunion',
  description: '',
  type: 'commission' as const,
  startsAt: '2026-10-20T09:30:00+02:00',
  commission: 'Commission des finances',
  place: 'Salle 6350',
  thumbnailUrl: null,
  provenance,
  ...change,
});

let database: TestDatabase;
let events: Events;
let debates: Debates;
let app: App;

beforeAll(async () => {
  database = await openTestDatabase();
  events = createEvents({ database, onError: () => undefined });
  debates = createDebates({ db: database.db, events });
  app = await createHttpServer({
    logger: createLogger({ level: 'silent' }),
    publicUrl: 'https://robian.example',
    trustProxy: false,
    version: 'test',
  });
  registerDebatesRoutes(app, {
    debates,
    db: database.db,
    clock: { ...systemClock, now: () => NOW },
    publicUrl: 'https://robian.example',
    audioFiles: async () => new Map(),
  });
  for (let number = 0; number < MANY; number += 1) {
    await debates.record(sampleDebate(`${number}_a`, { startsAt: '2019-01-08T15:00:00+01:00' }));
  }
  await debates.record(
    sampleDebate('500_b', {
      title: 'Élèves, professeurs ; et « parents » \\ d’été',
      description: `Un sujet\n${'très long et accentué à répéter '.repeat(10)}`,
    }),
  );
  await debates.recordAnnouncement(meeting(1, { isCertain: false }), 'portal');
  await debates.recordAnnouncement(meeting(2, { startsAt: null, commission: 'Défense' }), 'portal');
});
afterAll(async () => {
  await app.close();
  await events.close();
  await database.close();
});

async function calendar(query = ''): Promise<ICAL.Event[]> {
  const answer = await app.inject(`/calendar.ics${query}`);
  expect(answer.headers['content-type']).toBe('text/calendar; charset=utf-8');
  for (const line of answer.body.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  const parsed = new ICAL.Component(ICAL.parse(answer.body));
  return parsed.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
}

describe('the calendar', () => {
  it('is one that an independent parser reads, with every character as it was', async () => {
    const event = (await calendar()).find(({ uid }) => uid === '500_b@robianapi');
    expect(event?.summary).toBe('Élèves, professeurs ; et « parents » \\ d’été');
    expect(event?.description).toContain('très long et accentué à répéter très long');
    expect(event?.location).toBe('Hémicycle');
    expect(event?.startDate.toJSDate()).toEqual(new Date('2026-10-06T19:15:05Z'));
  });

  it('names its source in the reader’s language', async () => {
    const of = async (language: string) =>
      (await app.inject({ url: '/calendar.ics', headers: { 'accept-language': language } })).body;
    expect(await of('fr')).toContain('Source : Assemblée nationale');
    expect(await of('en')).toContain('Source: Assemblée nationale');
  });

  it('shows what is not certain as tentative, and a day where no hour is known', async () => {
    const byId = new Map((await calendar()).map((event) => [event.uid, event]));
    const tentative = byId.get('RUANR5L17S2027IDC1@robianapi');
    expect(tentative?.component.getFirstPropertyValue('status')).toBe('TENTATIVE');
    expect(byId.get('RUANR5L17S2027IDC2@robianapi')?.startDate.isDate).toBe(true);
  });

  it('holds one commission where asked, and nothing of years ago', async () => {
    expect((await calendar('?commission=defense')).map(({ uid }) => uid)).toEqual(['RUANR5L17S2027IDC2@robianapi']);
    expect(await calendar()).toHaveLength(3);
  });
});

describe('the agenda in the register', () => {
  it('takes a meeting away when it is cancelled, and back when it stands again', async () => {
    const announced = meeting(3);
    await debates.recordAnnouncement(announced, 'portal');
    expect(await debates.cancelAnnouncement(announced.meetingId)).toMatchObject({ outcome: 'updated' });
    expect((await app.inject('/api/debates/?status=programme')).body).not.toContain(announced.meetingId);
    expect(await debates.cancelAnnouncement(announced.meetingId)).toMatchObject({ outcome: 'unchanged' });
    expect(await debates.recordAnnouncement(announced, 'portal')).toMatchObject({ outcome: 'updated' });
    expect((await app.inject('/api/debates/?status=programme')).body).toContain(announced.meetingId);
    await debates.cancelAnnouncement(announced.meetingId);
  });

  it('gives way to the programme of the day, which is fresher', async () => {
    const announced = meeting(4);
    await debates.recordAnnouncement(announced, 'portal');
    const today = { ...announced, origin: 'programme' as const, title: 'Audition' };
    expect(await debates.recordAnnouncement(today, 'portal')).toMatchObject({ outcome: 'updated' });
    expect(await debates.recordAnnouncement(announced, 'portal')).toMatchObject({ outcome: 'unchanged' });
    expect(await debates.cancelAnnouncement(announced.meetingId)).toBeNull();
    expect(await debates.get(announced.meetingId)).toMatchObject({ title: 'Audition' });
  });

  it('becomes its recording, under the id it was announced by', async () => {
    const announced = meeting(5);
    await debates.recordAnnouncement(announced, 'portal');
    await debates.record(sampleDebate('505_c', { meetingId: announced.meetingId, type: 'commission' }));
    expect(await debates.get('505_c')).toMatchObject({ id: announced.meetingId, isCertain: true });
    expect(await debates.cancelAnnouncement(announced.meetingId)).toBeNull();
    expect(await debates.recordAnnouncement(announced, 'portal')).toMatchObject({ outcome: 'unchanged' });
  });
});

describe('the export', () => {
  it.each([
    ['identity', (bytes: Buffer) => bytes],
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const)('holds every debate once, after a line of terms, as %s', async (encoding, decode) => {
    const answer = await app.inject({ url: '/api/export/debates.ndjson', headers: { 'accept-encoding': encoding } });
    if (encoding !== 'identity') expect(answer.headers['content-encoding']).toBe(encoding);
    const text = Buffer.from(decode(answer.rawPayload)).toString('utf8');
    const [header, ...debatesOut] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ type: 'header', attribution: 'Assemblée nationale' });
    expect(header.licence).toContain('Licence Ouverte');
    const ids = debatesOut.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(MANY);
    expect(new Set(ids).size).toBe(ids.length);
    expect(debatesOut[0]).toHaveProperty('attribution');
  });

  it('holds only what has changed since', async () => {
    const { updatedAt } = await debates.get('500_b');
    const answer = await app.inject(`/api/export/debates.ndjson?updated_since=${updatedAt.toISOString()}`);
    const ids = answer.body
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line).id);
    expect(ids).toContain('500_b');
    expect(ids).not.toContain('0_a');
    expect((await app.inject('/api/export/debates.ndjson?updated_since=yesterday')).statusCode).toBe(400);
  });
});
