import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { createReplay, demoSittings, type FilmedSitting, type Replay, type Sitting } from '../demo/index.ts';
import { findFfmpeg } from '../extraction/index.ts';
import { type Robian, startRobian } from '../main.ts';
import { addDays, parisDay } from '../platform/clock/index.ts';
import { type Config, parseConfig } from '../platform/config/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';
import { type Check, checkPlayback, checkWords } from './demo-check.ts';
import { askForSound, followRun } from './extract.ts';
import { ingestDays } from './ingest.ts';

interface DemoOptions {
  check?: boolean;
  port?: number;
}

/** What the demonstration has at hand while it runs. */
interface Stage {
  context: CommandContext;
  signal: AbortSignal;
  config: Config;
  sittings: readonly Sitting[];
  replay: Replay;
  robian: Robian;
  /** Where the API answers. */
  address: string;
}

/** The sittings of the replay reach back two days. */
const DAYS_BACK = 2;
const HIGHEST_PORT = 65_535;
/** Columns of a title in a line of 80 with a bar. */
const TITLE_COLUMNS = 26;
/** The recording that is offered to listen to: it has an MP3, and a title with an accent and an apostrophe. */
const OFFERED = 'Protection des sources';

export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description('see it work: a bundled replay of the portal, from sitting to sound; no network, nothing stays')
    .option('--check', 'play the sound back, compare it byte for byte with what was published, and leave')
    .option('--port <number>', 'where the API listens (default: a free port)', portNumber)
    .action((options: DemoOptions) => context.interruptible((signal) => demo(context, options, signal)));
}

async function demo(context: CommandContext, options: DemoOptions, signal: AbortSignal): Promise<void> {
  const { output, clock } = context;
  const startedMs = clock.monotonicMs();
  output.say('RobianAPI, from the sitting to its sound, on this machine alone.');
  output.say('Every sitting, person and word in it is invented, and nothing stays when you leave.\n');
  await using cleanUp = new AsyncDisposableStack();
  const stage = await setStage(context, options, signal, cleanUp);
  await takeSittings(stage);
  const heard = await takeSound(stage);
  await takeWords(stage);
  const offered = heard.find(({ title }) => title.includes(OFFERED)) ?? heard[0];
  if (offered === undefined) throw new CommandFailed('No sitting can be heard.');
  const seconds = Math.round((clock.monotonicMs() - startedMs) / 1000);
  if (options.check === true) {
    await play(stage, heard, seconds);
    return;
  }
  invite(stage, offered);
  await untilAborted(signal);
  output.say('\nStopping; everything is removed.');
}

/** Starts the replay and the product itself; `cleanUp` takes both down again, and what they wrote. */
async function setStage(
  context: CommandContext,
  options: DemoOptions,
  signal: AbortSignal,
  cleanUp: AsyncDisposableStack,
): Promise<Stage> {
  const { output, clock } = context;
  const sittings = demoSittings(clock.now());
  const replay = await createReplay({ sittings, clock });
  cleanUp.defer(() => replay.close());
  output.say(`1  A replay of the Assembly’s video portal answers at ${replay.url}`);

  const folder = cleanUp.use(temporaryFolder());
  const config = demoConfig(context.environment, {
    dataDir: folder.path,
    port: options.port ?? (await freePort()),
    replay,
  });
  output.say('2  RobianAPI starts: a database, a worker, the API. The first start takes a few seconds.');
  signal.throwIfAborted();
  const robian = await startRobian({ config, clock, logger: context.innerLogger(config, 'silent') });
  cleanUp.defer(() => robian.stop());
  signal.throwIfAborted();
  if (robian.address === null) throw new Error('the API was not started');
  return { context, signal, config, sittings, replay, robian, address: robian.address };
}

/** The environment of the demonstration is its own, so that nothing of a real installation is read or written. */
function demoConfig(
  { LOG_LEVEL, FFMPEG_PATH }: NodeJS.ProcessEnv,
  { dataDir, port, replay }: { dataDir: string; port: number; replay: Replay },
): Config {
  return parseConfig({
    DATA_DIR: dataDir,
    PORT: String(port),
    PORTAL_URL: replay.url,
    MEDIA_URL: replay.url,
    HLS_URL: replay.url,
    OPENDATA_URL: replay.url,
    SITE_URL: replay.url,
    // The demonstration ingests itself, so that it can be watched.
    INGEST_EVERY: 'off',
    // Five recordings of half a minute; a nearly full disk has room for them.
    DISK_FLOOR: '20MB',
    LOG_LEVEL,
    FFMPEG_PATH,
  });
}

async function takeSittings({ context, signal, sittings, robian }: Stage): Promise<void> {
  const { output, clock } = context;
  output.say('3  Sittings go into the register');
  const today = parisDay(clock.now());
  const live = await robian.house.ingest.observeLive({ signal });
  const days = await ingestDays(output, robian.house, {
    label: '  ',
    since: addDays(today, -DAYS_BACK),
    until: today,
    signal,
  });
  const [failure] = [...live.failed, ...days.failed];
  if (failure !== undefined) throw new CommandFailed(`${failure.ref} could not be read: ${failure.message}`);
  const count = (state: Sitting['state']): number => sittings.filter((sitting) => sitting.state === state).length;
  output.say(`   ${count('vod')} recorded, ${count('live')} on the air, ${count('announced')} announced`);
}

/** Takes the sound of every recording that this machine can take it from; gives those that can be heard. */
async function takeSound({ context, signal, config, sittings, robian }: Stage): Promise<FilmedSitting[]> {
  const { output, clock, environment } = context;
  output.say('4  Their sound comes out');
  const recordings = sittings.filter((sitting): sitting is FilmedSitting => sitting.state === 'vod');
  const ffmpeg = await findFfmpeg({ configured: config.ffmpegPath, path: environment.PATH, clock });
  const possible = recordings.filter(({ recording }) => recording.mp3File !== null || ffmpeg !== null);
  for (const { videoId } of possible) await askForSound(robian.house, videoId);
  for (const sitting of possible) {
    await followRun(output, robian.house, { id: sitting.videoId, label: `   ${labelOf(sitting)}`, signal });
  }
  for (const sitting of recordings) {
    if (possible.includes(sitting)) continue;
    output.say(
      `   ${labelOf(sitting)} left out: no MP3 is published yet, and its video needs ffmpeg, which is not here`,
    );
  }
  return possible;
}

/** Times of chapters, captions and record: what is searched, and where a player goes. */
async function takeWords({ context, signal, robian }: Stage): Promise<void> {
  context.output.say('5  What was said is put on the clock of the sound');
  const { updated, failed } = await robian.house.ingest.takeWords({ signal });
  const [failure] = failed;
  if (failure !== undefined)
    throw new CommandFailed(`the words of ${failure.ref} could not be read: ${failure.message}`);
  context.output.say(`   ${updated} sittings have chapters with times, or words`);
}

async function play(stage: Stage, heard: readonly FilmedSitting[], readySeconds: number): Promise<void> {
  const { context, address, replay, signal } = stage;
  const { output } = context;
  output.say(`6  It is played back (ready after ${readySeconds} s)`);
  const checks: Check[] = [];
  for (const sitting of heard) {
    if (sitting.recording.mp3File === null) continue;
    checks.push(...(await checkPlayback({ address, replay, sitting, signal })));
    if (sitting.captions !== null) checks.push(await checkWords({ address, sitting, signal }));
  }
  for (const { debateId, name, problem } of checks) {
    if (problem !== null) output.complain(`   ✗ ${debateId} ${name}: ${problem}`);
  }
  const failed = checks.filter(({ problem }) => problem !== null);
  const names = [...new Set(checks.map(({ name }) => name))];
  for (const name of names) {
    const of = checks.filter((check) => check.name === name);
    if (of.every(({ problem }) => problem === null)) output.say(`   ✓ ${name} (${of.length} recordings)`);
  }
  output.result(
    { checks: checks.length, failed: failed.length, ready_seconds: readySeconds },
    failed.length === 0 ? '\nAll of it is as published.' : '',
  );
  if (failed.length > 0) throw new CommandFailed(`${failed.length} of ${checks.length} checks failed.`);
}

function invite({ context, address }: Stage, { videoId }: FilmedSitting): void {
  const listen = `${address}/api/streaming/${videoId}/stream`;
  context.output.result(
    { api: address, debate_id: videoId, stream_url: listen },
    `6  Listen, in a browser or a player:

     ${listen}

   Or try, in another terminal:

     curl -s '${address}/api/debates/?per_page=2'
     curl -s -r 100000-199999 -o piece.mp3 '${listen}'
     curl -s '${address}/api/search/speech?q=rivi%C3%A8res'

   the newest sittings; 100 kB out of the middle of one; who spoke of rivers, and where to listen to it.
   The whole API: ${address}/openapi.json

   Ctrl-C stops it.`,
  );
}

function labelOf({ title }: FilmedSitting): string {
  const short = title.length > TITLE_COLUMNS ? `${title.slice(0, TITLE_COLUMNS - 1).trimEnd()}…` : title;
  return short.padEnd(TITLE_COLUMNS);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A folder that goes away, even when a second Ctrl-C ends the process at once. */
function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'robian-demo-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  return {
    path,
    [Symbol.dispose]: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

/** A port that was free a moment ago. The API must know its own address before it listens: links are made of it. */
async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > HIGHEST_PORT) {
    throw new InvalidArgumentError(`expected a port from 1 to ${HIGHEST_PORT}`);
  }
  return port;
}
