import { expect, test, vi } from 'vitest';
import { cli, startCli } from '../../tests/support/cli.ts';
import { freePort } from '../../tests/support/installation.ts';
import { until } from '../../tests/support/until.ts';

// Each test starts the product several times, and a start takes ten seconds when the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

test('--check plays every published recording back, byte for byte, finds what was said in it, and leaves with 0', async () => {
  const { code, out, err } = await cli(['demo', '--check', '--json'], { PATH: '' });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ checks: 49, failed: 0 });
});

test('it tells each step, offers an address to listen at and three commands, and leaves with 0 at Ctrl-C', async () => {
  const port = await freePort();
  // No ffmpeg in reach: what it is needed for is left out, in words.
  const run = startCli(['demo', '--port', String(port)], { PATH: '' });
  await until('it invites to listen', () => run.out().includes('Ctrl-C stops it'));
  const told = run.out();
  expect(told).toContain('6 recorded, 1 on the air, 1 announced');
  expect(told).toContain('needs ffmpeg');
  const [stream = ''] = told.match(/http:\/\/\S+\/stream/) ?? [];
  expect(new URL(stream).port).toBe(String(port));
  const sound = await fetch(stream);
  expect(sound.headers.get('content-type')).toBe('audio/mpeg');
  await sound.arrayBuffer();
  expect(told.match(/^ +curl /gm)).toHaveLength(3);
  const [search = ''] = told.match(/http:\/\/\S+\/search\/speech\?[^']+/) ?? [];
  const [hit] = (await (await fetch(search)).json()) as { listen_url: string }[];
  expect(hit?.listen_url).toMatch(/\/stream#t=\d+$/);
  run.signal('SIGINT');
  expect(await run.code).toBe(0);
  expect(run.err()).toBe('');
  await expect(fetch(stream)).rejects.toThrow();
});

test('stopped before it is ready, it leaves with 130', async () => {
  const run = startCli(['demo'], { PATH: '' });
  await until('it starts', () => run.out().includes('RobianAPI starts'));
  run.signal('SIGTERM');
  expect(await run.code).toBe(130);
});
