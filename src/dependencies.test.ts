import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dependenciesOf } from './dependencies.ts';
import type { House } from './house.ts';
import { systemClock } from './platform/clock/index.ts';
import { parseConfig } from './platform/config/index.ts';
import { createContacts } from './platform/fetch/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'robian-dependencies-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A house of which only what is looked at is there. */
function houseWith(environment: NodeJS.ProcessEnv, change: object = {}): House {
  const config = parseConfig({ DATA_DIR: folder, ...environment });
  const house = {
    config,
    clock: systemClock,
    database: {
      kind: 'embedded',
      ping: async () => 1,
      pool: () => ({ size: 1, idle: 1, waiting: 0, limit: 1 }),
    },
    redis: undefined,
    vault: { ping: async () => undefined, freeBytes: async () => 5 },
    tools: { ffmpeg: null, ytDlp: null },
    contacts: createContacts({ portal: config.portalUrl }, systemClock),
    ...change,
  };
  return house as unknown as House;
}

function look(house: House, wanted: string) {
  const dependency = dependenciesOf(house).find(({ name }) => name === wanted);
  if (!dependency) throw new Error(`${wanted} is not looked at`);
  return dependency.look();
}

function program(script: string) {
  const path = join(folder, 'yt-dlp');
  writeFileSync(path, `#!/bin/sh\n${script}`, { mode: 0o700 });
  return { tools: { ffmpeg: { path: '/x', version: '7.1' }, ytDlp: { path } } };
}

it('of all of them only the database cannot be done without', () => {
  const required = dependenciesOf(houseWith({})).filter((one) => one.required);
  expect(required.map(({ name }) => name)).toEqual(['database']);
});

it('what is optional and was never installed is off, and says what follows', async () => {
  expect(await look(houseWith({}), 'redis')).toEqual({ state: 'off' });
  for (const name of ['ffmpeg', 'yt-dlp']) {
    expect(await look(houseWith({}), name)).toMatchObject({ state: 'off', message: { fr: expect.any(String) } });
  }
});

it('programs tell their version, and one that does not run is down', async () => {
  expect(await look(houseWith({}, program('echo 2025.10.22')), 'ffmpeg')).toMatchObject({ facts: { version: '7.1' } });
  const works = await look(houseWith({}, program('echo 2025.10.22')), 'yt-dlp');
  expect(works).toMatchObject({ state: 'up', facts: { version: expect.stringMatching(/^2025\.10\.22$|^unknown$/) } });
  const clock = { ...systemClock, sleep: () => new Promise<void>(() => undefined) };
  await expect(look(houseWith({}, { ...program('exit 1'), clock }), 'yt-dlp')).rejects.toThrow('does not run');
});

it('a Redis that was set up and does not answer is down', async () => {
  const redis = { ping: () => Promise.reject(new Error('away')) };
  await expect(look(houseWith({}, { redis }), 'redis')).rejects.toThrow('away');
  expect(await look(houseWith({}, { redis: { ping: async () => 1 } }), 'redis')).toEqual({ state: 'up' });
});

it('a disk is low beneath the floor of extraction, and storage is down without its folder', async () => {
  expect(await look(houseWith({ DISK_FLOOR: '1B' }), 'disk')).toMatchObject({ state: 'up' });
  expect(await look(houseWith({ DISK_FLOOR: '999999TB' }), 'disk')).toMatchObject({ state: 'low' });
  expect(await look(houseWith({}), 'storage')).toEqual({ state: 'up', facts: { kind: 'folder', free_bytes: 5 } });
  await expect(look(houseWith({ DATA_DIR: join(folder, 'gone') }), 'storage')).rejects.toThrow('ENOENT');
  const vault = { ping: () => Promise.reject(new Error('bucket away')), freeBytes: async () => 5 };
  await expect(look(houseWith({}, { vault }), 'storage')).rejects.toThrow('bucket away');
});

it('the portal is as it last answered; not asked yet, it is unknown, for a reason if there is one', async () => {
  const house = houseWith({});
  expect(await look(house, 'portal')).toEqual({
    state: 'unknown',
    facts: { last_reached_at: null, last_outcome: null },
  });
  expect(await look(houseWith({ ROLES: 'api' }), 'portal')).toMatchObject({ state: 'unknown', message: {} });
  const origin = new URL(house.config.portalUrl).origin;
  house.contacts.note({ origin, outcome: 'answered', durationSeconds: 0 });
  expect(await look(house, 'portal')).toMatchObject({ state: 'up', facts: { last_reached_at: expect.any(String) } });
  house.contacts.note({ origin, outcome: 'timeout', durationSeconds: 0 });
  expect(await look(house, 'portal')).toMatchObject({ state: 'low', facts: { last_outcome: 'timeout' }, message: {} });
});
