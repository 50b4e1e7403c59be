import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, createRobianClient, type ExtractionStatus } from '../../clients/typescript/index.ts';
import {
  type BigRecording,
  createReplay,
  demoSittings,
  type FilmedSitting,
  type Replay,
  type Sitting,
} from '../../src/demo/index.ts';
import { addDays, parisDay } from '../../src/platform/clock/index.ts';
import { type Installation, makeInstallation } from './installation.ts';
import { killRobianProcesses } from './robian-process.ts';
import { until } from './until.ts';

/** A replay of the portal, and an installation whose processes look at it. */
export interface Stage extends AsyncDisposable {
  replay: Replay;
  installation: Installation;
  sittings: readonly Sitting[];
  /** For `start`: ingestion is left to the test. */
  environment: Record<string, string>;
  /** For `ingest`: the days of the replay. */
  days: string[];
}

/** The sittings of the replay reach back two days. */
const DAYS_BACK = 2;

export async function openStage(options: { fresh?: boolean } = {}): Promise<Stage> {
  const now = new Date();
  const sittings = demoSittings(now);
  const replay = await createReplay({ sittings });
  const installation = await makeInstallation(options);
  const today = parisDay(now);
  return {
    replay,
    installation,
    sittings,
    environment: { ...installation.environment, ...portalAt(replay.url), INGEST_EVERY: 'off', DISK_FLOOR: '1MB' },
    days: ['--since', addDays(today, -DAYS_BACK), '--until', today],
    [Symbol.asyncDispose]: async () => {
      await killRobianProcesses();
      await replay.close();
      await installation.remove();
    },
  };
}

export function portalAt(url: string): Record<string, string> {
  return { PORTAL_URL: url, MEDIA_URL: url, HLS_URL: url, OPENDATA_URL: url, SITE_URL: url };
}

/** The recording whose title contains `words`. */
export function recordingOf({ sittings }: Pick<Stage, 'sittings'>, words: string): FilmedSitting {
  const found = sittings.find((sitting) => sitting.state === 'vod' && sitting.title.includes(words));
  if (found === undefined || found.state === 'announced') throw new Error(`no recording is about ${words}`);
  return found;
}

/** Gives a recording a sound of this size, which each connection brings at most so fast. */
export function makeLong(
  { replay }: Stage,
  sitting: FilmedSitting,
  { sizeBytes, bytesPerSecond }: { sizeBytes: number; bytesPerSecond: number },
): { big: BigRecording; hurry: () => void } {
  const big = replay.addBigRecording({ base: sitting.recording.base, sizeBytes });
  const hurry = replay.faults.add({ match: big.path, kind: 'slow', bytesPerSecond });
  return { big, hurry };
}

const pathOf = (id: string) => ({ path: { debate_id: id } });

/** The status of the answer. */
export async function askForSound(address: string, id: string): Promise<number> {
  const client = createRobianClient({ baseUrl: address });
  const { response } = await client.POST('/api/streaming/{debate_id}/extract', { params: pathOf(id), body: null });
  return response.status;
}

export async function statusOf(address: string, id: string): Promise<ExtractionStatus> {
  const client = createRobianClient({ baseUrl: address });
  return answerOf(client.GET('/api/streaming/{debate_id}/status', { params: pathOf(id) }));
}

export function untilStatus(
  address: string,
  id: string,
  wanted: ExtractionStatus['status'],
): Promise<ExtractionStatus> {
  return until(`the extraction is ${wanted}`, async () => {
    const status = await statusOf(address, id);
    if (status.status === 'failed' && wanted !== 'failed') throw new Error(`failed: ${status.error?.code}`);
    return status.status === wanted && status;
  });
}

export async function soundOf(address: string, id: string, headers: Record<string, string> = {}): Promise<Buffer> {
  return Buffer.from(await (await fetch(`${address}/api/streaming/${id}/stream`, { headers })).arrayBuffer());
}

/** Files of runs that are not over. */
export function stagedFiles({ installation }: Stage): string[] {
  try {
    return readdirSync(join(installation.dataDir, 'staging'), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
