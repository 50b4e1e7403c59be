import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { mountSmallDisk } from '../support/postgresql-server.ts';
import { robian, startRobianProcess } from '../support/robian-process.ts';
import { askForSound, makeLong, openStage, recordingOf, soundOf, stagedFiles, untilStatus } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { lostOf, startListeners, untilAcknowledging } from './listeners.ts';

const ADDRESS = { PUBLIC_URL: 'https://robian.example' };
const FAKETIME = globSync('/usr/lib/*/faketime/libfaketime.so.1').at(0);

it('two embedded instances on one folder: the second one says who holds it and leaves, the first one goes on', async () => {
  await using stage = await openStage();
  const { DATABASE_URL: _, ...rest } = stage.environment;
  const environment = { ...rest, ...ADDRESS };
  expect((await robian(['ingest', ...stage.days], environment)).code).toBe(0);
  const first = await startRobianProcess(['start'], environment);
  await first.ready();
  const debateId = recordingOf(stage, 'Protection des sources').videoId;
  const listeners = startListeners(() => first.address, debateId);
  await untilAcknowledging(listeners);
  const second = await startRobianProcess(['start'], environment);
  const { code, stderr } = await second.exit;
  expect(code).toBe(75);
  expect(stderr).toContain(`is held by process ${first.pid}`);
  await untilAcknowledging(listeners);
  await listeners.stop();
  expect(listeners.failures).toBe(0);
  first.kill('SIGKILL');
  await first.exit;
  // A lock that outlives its holder would need a hand.
  const third = await startRobianProcess(['start'], environment);
  await third.ready();
  expect(await lostOf(listeners, third.address, debateId)).toBe(0);
});

it('a full disk under an embedded instance: nothing acknowledged is lost; freed, it goes on, at most after a restart by itself', async (context) => {
  const disk = mountSmallDisk(220);
  if (disk === null) return context.skip('this user may not mount a small disk');
  await using stage = await openStage();
  const dataDir = join(disk.path, 'data');
  cpSync(join(inject('databaseTemplate').dataDir, 'database'), join(dataDir, 'database'), { recursive: true });
  const { DATABASE_URL: _, ...rest } = stage.environment;
  const environment = { ...rest, ...ADDRESS, DATA_DIR: dataDir };
  try {
    expect((await robian(['ingest', ...stage.days], environment)).code).toBe(0);
    let service = await startRobianProcess(['start'], environment);
    await service.ready();
    const debateId = recordingOf(stage, 'Protection des sources').videoId;
    const listeners = startListeners(() => service.address, debateId);
    await untilAcknowledging(listeners);
    const filler = join(disk.path, 'filler');
    try {
      execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1M'], { stdio: 'ignore' });
    } catch {
      // It ends when the disk is full.
    }
    let left = false;
    void service.exit.then(() => {
      left = true;
    });
    // The log has room for some more; then a write fails, or the process leaves.
    await until('it cannot keep anything more', () => left || listeners.failures > 0, 60_000);
    if (!left) expect((await fetch(`${service.address}/api/debates/`)).status).toBe(200);
    rmSync(filler);
    if (
      left ||
      !(await untilAcknowledging(listeners).then(
        () => true,
        () => false,
      ))
    ) {
      service.kill('SIGKILL');
      await service.exit;
      service = await startRobianProcess(['start'], environment);
      await service.ready();
    }
    await untilAcknowledging(listeners);
    await listeners.stop();
    expect(await lostOf(listeners, service.address, debateId)).toBe(0);
  } finally {
    disk.unmount();
  }
});

it('a disk that is nearly full takes no new sound, and takes it when there is room again, without a hand', async (context) => {
  const disk = mountSmallDisk(300);
  if (disk === null) return context.skip('this user may not mount a small disk');
  await using stage = await openStage();
  const dataDir = join(disk.path, 'data');
  cpSync(join(inject('databaseTemplate').dataDir, 'database'), join(dataDir, 'database'), { recursive: true });
  const { DATABASE_URL: _, ...rest } = stage.environment;
  const environment = { ...rest, DATA_DIR: dataDir, DISK_FLOOR: '80MB' };
  try {
    expect((await robian(['ingest', ...stage.days], environment)).code).toBe(0);
    const service = await startRobianProcess(['start'], environment);
    await service.ready();
    const sitting = recordingOf(stage, 'Protection des sources');
    const filler = join(disk.path, 'filler');
    const free = Number(execFileSync('df', ['--output=avail', '-B1', disk.path]).toString().split('\n')[1]);
    writeFileSync(filler, Buffer.alloc(free - 40_000_000));
    const refused = await askForSound(service.address, sitting.videoId);
    expect(refused).toBeGreaterThanOrEqual(500);
    rmSync(filler);
    expect(await askForSound(service.address, sitting.videoId)).toBe(202);
    await untilStatus(service.address, sitting.videoId, 'completed');
  } finally {
    disk.unmount();
  }
});

it('a clock that jumps a day ahead and back: the extraction under way ends well, nothing is lost, nothing is wrong', async (context) => {
  if (FAKETIME === undefined) return context.skip('Debian’s libfaketime is not installed');
  await using stage = await openStage();
  const folder = mkdtempSync(join(tmpdir(), 'robian-clock-'));
  const offset = join(folder, 'offset');
  writeFileSync(offset, '+0');
  const clock = {
    LD_PRELOAD: FAKETIME,
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  try {
    expect((await robian(['ingest', ...stage.days], stage.environment)).code).toBe(0);
    const service = await startRobianProcess(['start'], { ...stage.environment, ...ADDRESS, ...clock });
    await service.ready();
    const debateId = recordingOf(stage, 'Protection des sources').videoId;
    const listeners = startListeners(() => service.address, debateId);
    await untilAcknowledging(listeners);
    const sitting = recordingOf(stage, 'savoir-faire');
    const { big, hurry } = makeLong(stage, sitting, { sizeBytes: 12_000_000, bytesPerSecond: 200_000 });
    await askForSound(service.address, sitting.videoId);
    const served = (): number => stage.replay.counters.of(big.path).bytesServed;
    await until('some is fetched', () => served() > 1_000_000);
    await listeners.stop();
    // Their tokens are good for minutes, so they are not asked for afterwards.
    const others = startListeners(() => service.address, debateId);
    for (const jump of ['+1d', '+0', '-1d', '+0']) {
      writeFileSync(offset, jump);
      await untilAcknowledging(others);
      const before = served();
      await until('fetching goes on', () => served() > before || served() >= big.sizeBytes);
    }
    await others.stop();
    hurry();
    await untilStatus(service.address, sitting.videoId, 'completed');
    expect((await soundOf(service.address, sitting.videoId)).equals(big.slice(0, big.sizeBytes))).toBe(true);
    await until('nothing is left behind', () => stagedFiles(stage).length === 0);
    expect(await lostOf(listeners, service.address, debateId)).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
