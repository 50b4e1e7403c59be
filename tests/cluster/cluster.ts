import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReplay, demoSittings, type Replay, type Sitting } from '../../src/demo/index.ts';
import { freePort, makeInstallation } from '../support/installation.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { killRobianProcesses, type RobianProcess, startRobianProcess } from '../support/robian-process.ts';
import { portalAt } from '../support/stage.ts';
import { until } from '../support/until.ts';

export const ADMIN_TOKEN = 'cluster-admin-token';

type Role = 'api' | 'worker' | 'scheduler';

/** A place for a process: what stays when the process in it is killed and started again. */
export interface Seat {
  role: Role;
  port: string;
  metrics: string;
  dataDir: string;
  process: RobianProcess;
}

export interface Cluster extends AsyncDisposable {
  replay: Replay;
  sittings: readonly Sitting[];
  apis: [Seat, Seat];
  workers: [Seat, Seat];
  schedulers: [Seat, Seat];
  /** For commands beside the processes. */
  environment: Record<string, string>;
  /** Starts the process of a seat anew and waits until it is ready. */
  start(seat: Seat): Promise<void>;
}

/** Two processes of each role, each with a data folder of its own, as on machines of their own. */
export async function openCluster(): Promise<Cluster> {
  const sittings = demoSittings(new Date());
  const replay = await createReplay({ sittings });
  const installation = await makeInstallation();
  const redis = await startRedisServer();
  const root = mkdtempSync(join(tmpdir(), 'robian-cluster-'));
  const environment: Record<string, string> = {
    ...installation.environment,
    ...portalAt(replay.url),
    ...awsVariables(),
    STORAGE_URL: process.env.TEST_S3_URL ?? '',
    REDIS_URL: redis.url,
    JWT_SECRET: 'k3Jf9sLq0xV3tYz5wR7mN1pC9dF2gH4b',
    ADMIN_TOKEN,
    PUBLIC_URL: 'https://robian.example',
    TRUST_PROXY: 'true',
    RATE_LIMITS: 'on',
    DRAIN_SECONDS: '2',
    INGEST_EVERY: '10s',
    DISK_FLOOR: '1MB',
    EXTRACTION_CONCURRENCY: '2',
  };

  async function start(seat: Seat): Promise<void> {
    const { role, port, metrics, dataDir } = seat;
    const own = { ROLES: role, PORT: port, METRICS_PORT: metrics, DATA_DIR: dataDir };
    seat.process = await startRobianProcess(['start'], { ...environment, ...own });
    await seat.process.ready();
  }
  async function seat(role: Role, number: number): Promise<Seat> {
    const [port, metrics] = [String(await freePort()), String(await freePort())];
    const place = { role, port, metrics, dataDir: join(root, `${role}-${number}`) } as Seat;
    await start(place);
    return place;
  }
  const two = async (role: Role): Promise<[Seat, Seat]> => Promise.all([seat(role, 1), seat(role, 2)]);

  const apis = await two('api');
  const workers = await two('worker');
  const schedulers = await two('scheduler');
  return {
    replay,
    sittings,
    apis,
    workers,
    schedulers,
    environment,
    start,
    [Symbol.asyncDispose]: async () => {
      await killRobianProcesses();
      await replay.close();
      await redis.close();
      await installation.remove();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function awsVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('AWS_') && value !== undefined ? [[name, value]] : [],
    ),
  );
}

/** One series of what a process measures; null while it does not answer. */
async function measureOf(seat: Seat, series: string): Promise<number | null> {
  const text = await fetch(`http://127.0.0.1:${seat.metrics}/metrics`).then(
    (response) => response.text(),
    () => '',
  );
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

/** The scheduler that acts, when exactly one does. */
export async function leaderOf({ schedulers }: Cluster): Promise<Seat | null> {
  const leading = await Promise.all(schedulers.map((seat) => measureOf(seat, 'robian_scheduler_leader')));
  const leaders = schedulers.filter((_seat, index) => leading[index] === 1);
  return leaders.length === 1 ? (leaders[0] ?? null) : null;
}

/** Files of runs in the workspaces of one worker. */
export function workspacesOf(seat: Seat): string[] {
  try {
    return readdirSync(join(seat.dataDir, 'staging'));
  } catch {
    return [];
  }
}

/** The worker in whose folder the run is being made. */
export function holderOf(cluster: Cluster, runId: string): Promise<Seat> {
  return until('a worker has taken the run', () => cluster.workers.find((seat) => workspacesOf(seat).includes(runId)));
}
