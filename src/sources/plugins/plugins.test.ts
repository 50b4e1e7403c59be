import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../../../tests/support/manual-clock.ts';
import { until } from '../../../tests/support/until.ts';
import { ConfigError } from '../../platform/config/index.ts';
import { createLogger } from '../../platform/telemetry/index.ts';
import type { DebateSource } from '../source.ts';
import { findPlugins, type Plugins, startPlugins } from './load-plugins.ts';
import { PLUGIN_LIMITS } from './plugin-thread.ts';

const HONEST = `export const createSource = ({ settings }) => ({
  hosts: ['radio.example'],
  discover: async ({ since }) => [{ id: '7', url: 'https://radio.example/7', day: since }],
  describe: async ({ id }) => ({ title: settings.TITLE ?? id, type: 'autre', state: 'ended', startsAt: '2026-10-06T19:00:00Z',
    media: [{ kind: 'mp3', url: 'https://radio.example/' + id + '.mp3' }],
    chapters: [{ label: 'Ouverture', startsAtMs: 1000 }] }),
});`;
const methods = (more: string): string => `export const createSource = () => ({ hosts: ['radio.example'],
  discover: async () => [], describe: async () => null, ${more} });`;
const REF = { source: 'radio', id: 'radio_7', url: 'https://radio.example/7' };
const DAY = '2026-10-06';

let folder: string;
let clock: ManualClock;
let plugins: Plugins | null;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'robian-plugins-'));
  clock = createManualClock('2026-10-07T06:00:00Z');
  plugins = null;
  log = '';
});

afterEach(async () => {
  await plugins?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  files: Record<string, string>,
  options: { settings?: Record<string, string>; callMs?: number } = {},
) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const { callMs = 30_000 } = options;
  plugins = await startPlugins(findPlugins(folder), {
    settings: options.settings ?? {},
    taken: ['portal'],
    clock,
    logger: createLogger({ level: 'debug', destination: { write: (line) => (log += line) } }),
    limits: {
      ...PLUGIN_LIMITS,
      startMs: 5_000,
      answerLength: 10_000,
      callMs: { discover: callMs, describe: callMs, media: callMs, captions: callMs },
    },
  });
  return plugins;
}

function only({ sources }: Plugins): DebateSource {
  const [source] = sources;
  if (source === undefined || sources.length > 1) throw new Error(`${sources.length} sources`);
  return source;
}

describe('what is in the folder', () => {
  test('files, TypeScript among them, and folders with an index become sources of their names; the rest is no plugin', async () => {
    const { sources, broken } = await start({
      'radio.mjs': HONEST,
      'television/index.ts': HONEST.replace('({ settings })', '({ settings }: { settings: Record<string, string> })')
        .replace('({ since })', '({ since }: { since: string })')
        .replace('({ id })', '({ id }: { id: string })'),
      'radio.test.ts': 'throw new Error("a test is no plugin")',
      'README.md': '# read me',
      '.hidden.mjs': 'nonsense(',
    });
    expect(broken).toEqual([]);
    expect(sources.map(({ id }) => id)).toEqual(['radio', 'television']);
  });

  test('no folder, no plugins; one that cannot be read stops the start', () => {
    expect(findPlugins(undefined)).toEqual([]);
    expect(() => findPlugins(join(folder, 'absent'))).toThrowError(ConfigError);
  });

  test.each<[string, string, string, string]>([
    ['fails while it loads', 'broken.mjs', 'throw new Error("no feed")', 'Error: no feed'],
    ['is no JavaScript', 'broken.mjs', 'const const', 'SyntaxError'],
    ['exports nothing', 'broken.mjs', '', 'exports no function `createSource`'],
    ['makes nothing', 'broken.mjs', 'export const createSource = () => null', 'gave no object'],
    ['names no hosts', 'broken.mjs', 'export const createSource = () => ({})', '/hosts'],
    [
      'names an address for a host',
      'broken.mjs',
      methods('').replace('radio.example', 'https://radio.example'),
      '/hosts/0',
    ],
    ['describes nothing', 'broken.mjs', methods('describe: null'), 'no method `describe`'],
    ['loops for ever', 'broken.mjs', 'for (;;);', 'not ready within'],
    ['ends the process', 'broken.mjs', 'process.exit(0)', 'ended by itself'],
    ['has the name of a source of ours', 'portal.mjs', HONEST, 'another source has this name'],
    ['has a name that no id can begin with', 'My_Radio.mjs', HONEST, 'its name must be'],
    ['is an empty folder', 'broken/README.md', '', 'has no index'],
  ])('one that %s is left out with its reason, and the others start', async (_what, name, content, reason) => {
    const { sources, broken } = await start({ 'radio.mjs': HONEST, [name]: content });
    expect(sources.map(({ id }) => id)).toEqual(['radio']);
    expect(broken).toEqual([{ name: expect.any(String), reason: expect.stringContaining(reason) }]);
    expect(log).toContain('a plugin cannot be used and is left out');
  });

  test('of two with one name the first is taken', async () => {
    const { sources, broken } = await start({ 'radio.mjs': HONEST, 'radio.ts': HONEST });
    expect(sources.map(({ id }) => id)).toEqual(['radio']);
    expect(broken).toEqual([{ name: 'radio', reason: 'another source has this name' }]);
  });
});

describe('at work', () => {
  test('it lists, describes and says where the sound is, by its own ids and settings', async () => {
    const settings = { PLUGIN_RADIO_TITLE: 'Un titre', PLUGIN_OTHER_TITLE: 'Un autre' };
    const source = only(await start({ 'radio.mjs': HONEST }, { settings }));
    const listings = await Array.fromAsync(source.discover({ since: DAY, until: '2026-10-07' }));
    expect(listings).toMatchObject([
      { day: DAY, refs: [REF], rejected: [] },
      { day: '2026-10-07', refs: [] },
    ]);
    const described = await source.describe(REF);
    expect(described).toMatchObject({
      kind: 'found',
      debate: { ref: REF, title: 'Un titre' },
      provenance: { url: REF.url, fetchedAt: clock.now(), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await source.describe(REF, { validator: described.provenance })).toMatchObject({ kind: 'unchanged' });
    expect(await source.media(REF)).toMatchObject([{ kind: 'mp3', url: 'https://radio.example/7.mp3' }]);
    expect(await source.timings(REF, 'ended')).toMatchObject({ value: [{ id: 'chapter-1', startsAtMs: 1_000 }] });
    expect(await source.withdrawal(REF)).toBeNull();
    expect(await source.captions(REF)).toBeNull();
    expect(await source.record('https://radio.example/record')).toBeNull();
    expect(await source.live()).toEqual({ sittings: [], announced: [], failed: [], rejected: [] });
  });

  test('what it withdraws, it says; media and captions of its own are asked for', async () => {
    const source = only(
      await start({
        'radio.mjs': methods(`media: async () => [{ kind: 'page', url: 'https://radio.example/7' }],
          captions: async () => [{ startsAtMs: 0, endsAtMs: 900, text: 'Bonjour' }],`),
      }),
    );
    expect(await source.describe(REF)).toMatchObject({ kind: 'withdrawn' });
    expect(await source.withdrawal(REF)).toMatchObject({ url: REF.url });
    expect(await source.timings(REF, 'ended')).toBeNull();
    expect(await source.media(REF)).toEqual([{ kind: 'page', url: REF.url, durationAtLeastSeconds: null }]);
    const captions = await source.captions(REF);
    expect(captions).toMatchObject({ changed: true, value: [{ text: 'Bonjour' }] });
    expect(await source.captions(REF, { validator: captions?.provenance })).toMatchObject({ changed: false });
  });

  test.each<[string, string, string]>([
    ['throws', 'describe: async () => { throw new Error("the site\\nis down") }', 'the site is down'],
    ['rejects with what is no error', 'describe: () => Promise.reject("down")', 'down'],
    ['answers what is too long', 'describe: async () => "a".repeat(20_000)', 'too long'],
    ['answers what is no data', 'describe: async () => ({ title: 1n })', 'BigInt'],
  ])('one that %s fails that call only', async (_what, method, reason) => {
    const source = only(await start({ 'radio.mjs': methods(method) }));
    await expect(source.describe(REF)).rejects.toMatchObject({
      code: 'sources/plugin-failed',
      params: { plugin: 'radio', method: 'describe', reason: expect.stringContaining(reason) },
    });
    expect(await Array.fromAsync(source.discover({ since: DAY, until: DAY }))).toMatchObject([{ day: DAY, refs: [] }]);
  });

  test('a list that fails is one unreadable day, and no walk', async () => {
    const source = only(await start({ 'radio.mjs': methods('discover: async () => { throw new Error("down") }') }));
    const listings = await Array.fromAsync(source.discover({ since: '2026-10-01', until: DAY }));
    expect(listings).toMatchObject([{ day: '2026-10-01', error: { code: 'sources/plugin-failed' } }]);
  });

  test.each<[string, string, number]>([
    ['loops for ever', 'for (;;);', 300],
    ['never answers', 'await new Promise(() => setInterval(() => {}, 1000))', 300],
    ['ends the process', 'process.exit(0)', 30_000],
    ['fails where nobody waits', 'setTimeout(() => { throw new Error("late") }); await new Promise(() => {})', 30_000],
    ['takes all the memory', 'const all = []; for (;;) all.push(new Array(1e6).fill(all.length))', 30_000],
  ])('one that %s is silent, rests, and is asked again afterwards', async (_what, wrong, callMs) => {
    const source = only(await start({ 'radio.mjs': methods(`media: async () => { ${wrong} }`) }, { callMs }));
    const silent = { code: 'sources/plugin-silent' };
    await expect(source.media(REF)).rejects.toMatchObject(silent);
    await expect(source.describe(REF), 'while it rests nobody waits for it').rejects.toMatchObject(silent);
    clock.advance(PLUGIN_LIMITS.restMs);
    expect(await source.describe(REF)).toMatchObject({ kind: 'withdrawn' });
  });

  test('who no longer waits is heard, and the plugin goes on', async () => {
    const source = only(
      await start({
        'radio.mjs': methods(`media: (_ref, signal) => new Promise((_, reject) =>
          signal.addEventListener('abort', () => { globalThis.aborted = true; reject(signal.reason) })),
          captions: async () => globalThis.aborted ? [{ startsAtMs: 0, endsAtMs: 1, text: 'heard' }] : null,`),
      }),
    );
    const stop = new AbortController();
    const asked = source.media(REF, { signal: stop.signal });
    // Another call has been answered by now, so the first is under way.
    await source.describe(REF);
    stop.abort(new Error('stopping'));
    await expect(asked).rejects.toThrow('stopping');
    expect(await source.captions(REF)).toMatchObject({ value: [{ text: 'heard' }] });
    await expect(source.media(REF, { signal: stop.signal })).rejects.toThrow('stopping');
  });

  test('what it prints is in our log, not in our output; our secrets are not in its environment', async () => {
    const source = only(
      await start({
        'radio.mjs': methods(`captions: async () => { console.log('a plugin prints'); 
          return [{ startsAtMs: 0, endsAtMs: 1, text: JSON.stringify(process.env) }]; }`),
      }),
    );
    expect(await source.captions(REF)).toMatchObject({ value: [{ text: '{}' }] });
    await until('it is in the log', () => log.includes('a plugin prints'));
  });
});
