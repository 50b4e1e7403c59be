import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../src/app.ts';
import { createReplay, demoSittings, type Replay } from '../src/demo/index.ts';
import { extractionJob, extractionJobs } from '../src/extraction/index.ts';
import { type House, openHouse } from '../src/house.ts';
import { addDays, parisDay, systemClock } from '../src/platform/clock/index.ts';
import { parseConfig } from '../src/platform/config/index.ts';
import type { App } from '../src/platform/http/index.ts';
import { createLogger } from '../src/platform/telemetry/index.ts';
import { bearer, signUp } from './support/accounts.ts';
import { hasProgram } from './support/audio-fixtures.ts';
import { type Installation, makeInstallation } from './support/installation.ts';
import { until } from './support/until.ts';

describe('what the log says of a listener', () => {
  let installation: Installation;
  let replay: Replay;
  let house: House;
  let app: App;
  let base: string;
  let debateId: string;
  const lines: Record<string, unknown>[] = [];
  const about = (requestId: string) => lines.filter(({ request_id: id }) => id === requestId);

  beforeAll(async () => {
    installation = await makeInstallation();
    const sittings = demoSittings(systemClock.now());
    replay = await createReplay({ sittings });
    const origins = ['PORTAL_URL', 'MEDIA_URL', 'HLS_URL', 'OPENDATA_URL', 'SITE_URL'];
    const sites = Object.fromEntries(origins.map((name) => [name, replay.url]));
    house = await openHouse({
      config: parseConfig({ ...installation.environment, ...sites, INGEST_EVERY: 'off', DISK_FLOOR: '20MB' }),
      clock: systemClock,
      logger: createLogger({
        level: 'info',
        destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
      }),
      onFatal: (error) => {
        throw error;
      },
    });
    await house.queue.start(extractionJobs);
    await house.queue.work(extractionJob, 1, (job) => house.extraction.handle(job));
    const today = parisDay(systemClock.now());
    await house.ingest.run({ since: addDays(today, -2), until: today, signal: new AbortController().signal });
    // Sound out of video, where there is ffmpeg: its lines are to be seen, too.
    const withFfmpeg = hasProgram('ffmpeg');
    const found = sittings.find((one) => one.state === 'vod' && (one.recording.mp3File === null) === withFfmpeg);
    if (found?.state !== 'vod') throw new Error('the replay has no such recording');
    debateId = found.videoId;
    app = await createApp(house, { isDraining: () => false });
    base = await app.listen({ host: '127.0.0.1', port: 0 });
  });

  afterAll(async () => {
    app.server.closeAllConnections();
    await app.close();
    await house.queue.stop(0);
    await house.close();
    await replay.close();
    await installation.remove();
  });

  const ask = (path: string, id: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    fetch(base + path, { ...init, headers: { ...init.headers, 'x-request-id': id } });

  it('is one line for each request, with its bytes, and who asked as a mark', async () => {
    const { access_token: token, account } = await signUp(app);
    await (await ask('/api/debates/', 'nobody-1')).text();
    await (await ask('/api/debates/', 'somebody-1', { headers: bearer(token) })).text();
    await (await ask('/api/debates/', 'somebody-2', { headers: bearer(token) })).text();
    await until('the line of somebody-2', () => about('somebody-2').length > 0);
    const [nobody] = about('nobody-1');
    expect(nobody).toMatchObject({ method: 'GET', route: '/api/debates', status: 200, msg: 'request' });
    expect(nobody).not.toHaveProperty('account');
    expect(Number(nobody?.bytes)).toBeGreaterThan(1_000);
    const [one] = about('somebody-1');
    const [two] = about('somebody-2');
    expect(one?.account).toMatch(/^[0-9a-f]{16}$/);
    expect(two?.account).toBe(one?.account);
    expect(JSON.stringify(lines)).not.toContain(account.id);
  });

  it('has one id from the question through the job and ffmpeg', async () => {
    const answer = await ask(`/api/streaming/${debateId}/extract`, 'take-it-7', { method: 'POST' });
    expect(answer.status).toBe(202);
    await until('the end of the extraction', () =>
      about('take-it-7').some(({ msg }) => msg === 'an extraction is over'),
    );
    const told = about('take-it-7').map(({ msg }) => msg);
    expect(told).toEqual(expect.arrayContaining(['request', 'an extraction is under way', 'an extraction is over']));
    if (hasProgram('ffmpeg')) {
      expect(about('take-it-7')).toContainEqual(
        expect.objectContaining({ msg: 'a program ended', program: 'ffmpeg', status: '0' }),
      );
    }
  });

  it('is a line for each piece of sound, those too that are answered before the framework', async () => {
    const piece = async (id: string): Promise<number> =>
      (await (await ask(`/api/streaming/${debateId}/stream`, id, { headers: { range: 'bytes=100-50099' } })).bytes())
        .length;
    for (const id of ['piece-1', 'piece-2', 'piece-3']) {
      expect(await piece(id)).toBe(50_000);
      await until(`the line of ${id}`, () => about(id).length > 0);
      expect(about(id)).toHaveLength(1);
      const [line] = about(id);
      expect(line).toMatchObject({ route: '/api/streaming/:debate_id/stream', status: 206 });
      // The head of an answer is less than 2 kB.
      expect(Number(line?.bytes)).toBeGreaterThan(50_000);
      expect(Number(line?.bytes)).toBeLessThan(52_000);
    }
  });

  it('names no address, no query and no name', async () => {
    await (await ask('/api/debates/?q=secretword', 'search-1')).text();
    await until('the line of search-1', () => about('search-1').length > 0);
    const all = JSON.stringify(lines.filter(({ msg }) => msg === 'request'));
    expect(all).not.toMatch(/127\.0\.0\.1|secretword|::1/);
  });
});
