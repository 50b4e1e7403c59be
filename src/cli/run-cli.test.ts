import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cli, startCli } from '../../tests/support/cli.ts';
import { freePort } from '../../tests/support/installation.ts';
import { makeLong, openStage, recordingOf, type Stage } from '../../tests/support/stage.ts';
import { until } from '../../tests/support/until.ts';

// Each test starts the product several times, and a start takes ten seconds when the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

describe('without a house', () => {
  it('helps: every command, and what exit codes mean', async () => {
    const { code, out } = await cli(['--help'], {});
    expect(code).toBe(0);
    for (const command of ['start', 'worker', 'demo', 'ingest', 'extract', 'vault', 'migrate', 'import-json']) {
      expect(out).toContain(`\n  ${command} `);
    }
    expect(out).toContain('75 try again later');
  });

  it.each([
    [['nosuch'], "unknown command 'nosuch'"],
    [['ingest', '--since', '6 October'], 'expected a day such as 2026-10-06'],
    [['vault', 'verify', '--nosuch'], "unknown option '--nosuch'"],
    [['demo', '--port', '70000'], 'expected a port from 1 to 65535'],
    [['extract'], "missing required argument 'id'"],
  ])('refuses %s with 64, and says why', async (commandLine, why) => {
    const { code, out, err } = await cli(commandLine, {});
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain(why);
  });

  it('complains in JSON to machines', async () => {
    const { code, err } = await cli(['migrate', '--json'], { PORT: 'http' });
    expect(code).toBe(78);
    expect(JSON.parse(err)).toEqual({ error: 'A setting is wrong:\nPORT: expected a port from 1 to 65535' });
  });
});

describe('on a replay of the portal', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage[Symbol.asyncDispose]());

  it('ingests, extracts, verifies and migrates, in words and for machines', async () => {
    const { environment, days } = stage;
    const { videoId } = recordingOf(stage, 'Protection des sources');
    expect(await cli(['ingest', ...days], environment)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\d+ seen: \d+ new, 0 changed, 0 unchanged, 0 withdrawn, 0 failed\n$/),
      err: '',
    });
    const extracted = await cli(['extract', videoId, '--json'], environment);
    expect(extracted).toMatchObject({ code: 0, err: '' });
    const { sha256 } = JSON.parse(extracted.out) as { sha256: string };
    expect(await cli(['extract', videoId], environment)).toMatchObject({ code: 0, out: `already there: ${sha256}\n` });
    expect(await cli(['vault', 'verify'], environment)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 checked: 0 missing, 0 corrupt'),
    });
    expect(await cli(['migrate'], environment)).toMatchObject({ code: 0, out: expect.stringContaining('up to date') });
  });

  it('says in words what did not work', async () => {
    const { environment, days } = stage;
    expect(await cli(['extract', 'nobody'], environment)).toMatchObject({
      code: 1,
      err: 'No debate has the id "nobody". (debates/not-found)\n',
    });
    expect(await cli(['ingest', '--since', '2026-10-07', '--until', '2026-10-06'], environment)).toMatchObject({
      code: 64,
      err: '--since 2026-10-07 is after --until 2026-10-06\n',
    });
    const away = { ...environment, PORTAL_URL: `http://127.0.0.1:${await freePort()}` };
    expect(await cli(['ingest', ...days], away)).toMatchObject({
      code: 75,
      err: expect.stringContaining('The portal is out of reach'),
    });
    const sitting = recordingOf(stage, 'Protection des sources');
    await cli(['ingest', ...days], environment);
    stage.replay.faults.add({ match: (url) => url.pathname.endsWith('.mp3'), kind: 'html' });
    expect(await cli(['extract', sitting.videoId], { ...environment, PATH: '' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('The extraction failed.'),
    });
  });

  it('stops at Ctrl-C with 130, and goes on later', async () => {
    const { environment, days } = stage;
    const sitting = recordingOf(stage, 'savoir-faire');
    const { big, hurry } = makeLong(stage, sitting, { sizeBytes: 8_000_000, bytesPerSecond: 200_000 });
    await cli(['ingest', ...days], environment);
    const run = startCli(['extract', sitting.videoId], environment);
    await until('it fetches', () => stage.replay.counters.of(big.path).bytesServed > 100_000);
    run.signal('SIGINT');
    expect(await run.code).toBe(130);
    expect(run.err()).toBe('stopped by SIGINT\n');
    hurry();
    expect((await cli(['extract', sitting.videoId], environment)).code).toBe(0);
  });

  it('starts, serves and stops; a worker alone does not listen', async () => {
    const port = String(await freePort());
    const service = startCli(['start'], { ...stage.environment, PORT: port, INGEST_EVERY: '10m', INGEST_DAYS: '2' });
    await until('it has started', () => service.out().includes('"msg":"started"'));
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    service.signal('SIGTERM');
    expect(await service.code).toBe(0);
    expect(service.out()).toContain('"msg":"stopped"');

    const worker = startCli(['worker'], { ...stage.environment, PORT: port });
    await until('it has started', () => worker.out().includes('"msg":"started"'));
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    worker.signal('SIGTERM');
    expect(await worker.code).toBe(0);
  });

  it('leaves nothing running when it cannot listen', async () => {
    const { port } = new URL(stage.replay.url);
    expect(await cli(['start'], { ...stage.environment, PORT: port })).toMatchObject({ code: 75 });
    expect((await cli(['migrate'], stage.environment)).code).toBe(0);
  });
});
