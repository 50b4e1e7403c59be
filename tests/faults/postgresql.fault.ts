import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  hasPostgresql,
  mountSmallDisk,
  type PostgresqlServer,
  startPostgresqlServer,
} from '../support/postgresql-server.ts';
import { type RobianProcess, robian, startRobianProcess } from '../support/robian-process.ts';
import {
  askForSound,
  makeLong,
  openStage,
  recordingOf,
  type Stage,
  soundOf,
  stagedFiles,
  untilStatus,
} from '../support/stage.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { type Listeners, lostOf, startListeners, untilAcknowledging, untilFailing } from './listeners.ts';

interface Scene extends AsyncDisposable {
  stage: Stage;
  service: RobianProcess;
  listeners: Listeners;
  debateId: string;
  /** Asks for a sound that takes some ten seconds, and waits until it comes. */
  beginExtraction(): Promise<{ finish(): Promise<void> }>;
  /** Nothing that was acknowledged is lost. */
  expectAllKept(): Promise<void>;
}

/** The product on a server, with listeners who keep a debate one after the other. */
async function openScene(url: string): Promise<Scene> {
  const stage = await openStage();
  const environment = { ...stage.environment, DATABASE_URL: url, PUBLIC_URL: 'https://robian.example' };
  expect((await robian(['ingest', ...stage.days], environment)).code).toBe(0);
  const service = await startRobianProcess(['start'], environment);
  await service.ready();
  const debateId = recordingOf(stage, 'Protection des sources').videoId;
  const listeners = startListeners(() => service.address, debateId);
  await untilAcknowledging(listeners);
  return {
    stage,
    service,
    listeners,
    debateId,
    beginExtraction: async () => {
      const sitting = recordingOf(stage, 'savoir-faire');
      const { big, hurry } = makeLong(stage, sitting, { sizeBytes: 12_000_000, bytesPerSecond: 300_000 });
      await askForSound(service.address, sitting.videoId);
      await until('some is fetched', () => stage.replay.counters.of(big.path).bytesServed > 1_000_000);
      return {
        finish: async () => {
          hurry();
          await untilStatus(service.address, sitting.videoId, 'completed');
          expect((await soundOf(service.address, sitting.videoId)).equals(big.slice(0, big.sizeBytes))).toBe(true);
          await until('nothing is left behind', () => stagedFiles(stage).length === 0);
        },
      };
    },
    expectAllKept: async () => {
      await listeners.stop();
      expect(await lostOf(listeners, service.address, debateId)).toBe(0);
      const metrics = await (await fetch(`${service.address}/metrics`)).text();
      expect(metrics).toMatch(/^robian_scheduler_leader 1$/m);
    },
    [Symbol.asyncDispose]: async () => {
      await listeners.stop();
      await stage[Symbol.asyncDispose]();
    },
  };
}

const through = (proxy: TcpProxy): string => `postgresql://robian@127.0.0.1:${proxy.port}/postgres`;

describe.skipIf(!hasPostgresql)('PostgreSQL', () => {
  it('restarted without warning: nothing acknowledged is lost, the extraction under way ends well, all goes on within a minute', async () => {
    const server = await startPostgresqlServer();
    await using scene = await openScene(server.url);
    try {
      const extraction = await scene.beginExtraction();
      await server.stop('immediate');
      await untilFailing(scene.listeners);
      expect((await fetch(`${scene.service.address}/health/ready`)).status).toBe(503);
      await server.start();
      await untilAcknowledging(scene.listeners);
      await extraction.finish();
      await scene.expectAllKept();
    } finally {
      await server.close();
    }
  });

  it('failed over to a synchronous replica: nothing acknowledged is lost, all goes on within a minute', async () => {
    const primary = await startPostgresqlServer();
    let replica: PostgresqlServer | null = null;
    const proxy = await startTcpProxy(primary.port);
    await using scene = await openScene(through(proxy));
    try {
      replica = await primary.addReplica();
      await untilAcknowledging(scene.listeners);
      const extraction = await scene.beginExtraction();
      await primary.stop('immediate');
      await replica.promote();
      proxy.leadTo(replica.port);
      await untilAcknowledging(scene.listeners);
      await extraction.finish();
      await scene.expectAllKept();
    } finally {
      await proxy.close();
      await replica?.close();
      await primary.close();
    }
  });

  it('gone without a word: connections that lead nowhere are given up, all goes on within a minute', async () => {
    const server = await startPostgresqlServer();
    const proxy = await startTcpProxy(server.port);
    await using scene = await openScene(through(proxy));
    try {
      proxy.silenceOpen();
      await untilAcknowledging(scene.listeners);
      await scene.expectAllKept();
    } finally {
      await proxy.close();
      await server.close();
    }
  });

  it('slow, a fifth of a second each way: everything is still served and extracted', async () => {
    const server = await startPostgresqlServer();
    const proxy = await startTcpProxy(server.port);
    await using scene = await openScene(through(proxy));
    try {
      proxy.delayMs = 100;
      await untilAcknowledging(scene.listeners);
      const extraction = await scene.beginExtraction();
      await extraction.finish();
      proxy.delayMs = 0;
      await untilAcknowledging(scene.listeners);
      expect(scene.listeners.failures).toBe(0);
      await scene.expectAllKept();
    } finally {
      await proxy.close();
      await server.close();
    }
  });

  it('full: what cannot be kept is refused, what is known is served, and freeing the disk is all there is to do', async (context) => {
    const disk = mountSmallDisk(120);
    if (disk === null) return context.skip('this user may not mount a small disk');
    const server = await startPostgresqlServer();
    try {
      const place = join(disk.path, 'tables');
      mkdirSync(place);
      chmodSync(disk.path, 0o755);
      execFileSync('chown', ['--reference', server.folder, place]);
      await server.query(`create tablespace small location '${place}'`, 'create database robian tablespace small');
      await using scene = await openScene(server.url.replace(/postgres$/, 'robian'));
      const filler = join(disk.path, 'filler');
      const fill = (): void => {
        try {
          execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1M'], { stdio: 'ignore' });
        } catch {
          // It ends when the disk is full.
        }
      };
      fill();
      await untilFailing(scene.listeners);
      const list = await fetch(`${scene.service.address}/api/debates/`);
      expect(list.status).toBe(200);
      rmSync(filler);
      await untilAcknowledging(scene.listeners);
      const extraction = await scene.beginExtraction();
      await extraction.finish();
      await scene.expectAllKept();
    } finally {
      await server.close();
      disk.unmount();
    }
  });
});
