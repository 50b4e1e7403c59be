import { Worker } from 'node:worker_threads';
import type { Clock } from '../../platform/clock/index.ts';
import { AppError } from '../../platform/errors/index.ts';
import { sourcesErrors } from '../errors.ts';
import type { FromThread, PluginMethod, ThreadData, ToThread } from './thread-messages.ts';

export interface PluginLimits {
  /** To load the module and make the source, in ms. */
  startMs: number;
  /** To answer one call, in ms. */
  callMs: Readonly<Record<PluginMethod, number>>;
  /** After a call that was not answered, or a thread that died, nothing is asked for this long, in ms. */
  restMs: number;
  /** JSON of one answer, in characters. */
  answerLength: number;
  memoryMegabytes: number;
}

/**
 * A list may take several requests of the plugin's, the rest one or two: at 20 s each as our own fetcher waits.
 * Four hours of captions are 600 kB. Without the rest, each of a day's debates would wait for a plugin that hangs.
 */
export const PLUGIN_LIMITS: PluginLimits = {
  startMs: 10_000,
  callMs: { discover: 60_000, describe: 20_000, media: 20_000, captions: 40_000 },
  restMs: 300_000,
  answerLength: 4_000_000,
  memoryMegabytes: 128,
};

/** Those who ask are few (four debates under way, two more for their words, extractions); more is a defect. */
const MAX_PENDING = 64;
/** A reason is read by a person, in one line of a log. */
const REASON_MAX = 300;

/** A plugin's module at work in its thread, which is started again when it has died. */
export interface PluginThread {
  /** Starts it and gives what it says of itself, as JSON. @throws AppError `sources/plugin-broken` */
  start(): Promise<string>;
  /**
   * What a method answers, as JSON that nobody has checked.
   * @throws AppError `sources/plugin-failed`, `sources/plugin-silent`; the signal's reason
   */
  call(method: PluginMethod, argument: unknown, signal: AbortSignal | undefined): Promise<string>;
  close(): Promise<void>;
}

interface Running {
  worker: Worker;
  manifest: string;
  pending: Map<number, (outcome: string | Error) => void>;
  givenUp: boolean;
}

export function createPluginThread(options: {
  name: string;
  moduleUrl: string;
  settings: Readonly<Record<string, string>>;
  clock: Pick<Clock, 'monotonicMs'>;
  limits: PluginLimits;
  /** What it writes to its outputs, which are not ours. */
  onOutput: (text: string) => void;
}): PluginThread {
  const { name, limits, clock } = options;
  let starting: Promise<Running> | null = null;
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  let calls = 0;
  const failed = (method: PluginMethod, reason: string): Error =>
    sourcesErrors.error('plugin-failed', { params: { plugin: name, method, reason: shortened(reason) } });
  const silent = (): Error => sourcesErrors.error('plugin-silent', { params: { plugin: name } });

  /** The thread is given up: nobody waits for it, and it is left alone for a while. */
  async function giveUp(running: Running, error: Error): Promise<void> {
    // Its end is told again when it has ended; by then another may be at work.
    if (running.givenUp) return;
    running.givenUp = true;
    starting = null;
    restsUntilMs = clock.monotonicMs() + limits.restMs;
    for (const settle of running.pending.values()) settle(error);
    running.pending.clear();
    await running.worker.terminate();
  }

  async function launch(): Promise<Running> {
    const worker = startWorker(options);
    const pending: Running['pending'] = new Map();
    try {
      const manifest = await firstWord(worker, limits.startMs);
      const running: Running = { worker, manifest, pending, givenUp: false };
      worker.on('message', (message: FromThread) => {
        if (message.kind === 'answer') pending.get(message.call)?.(message.text);
        if (message.kind === 'failure') pending.get(message.call)?.(new Error(message.reason));
      });
      worker.on('error', () => undefined);
      worker.on('exit', () => void giveUp(running, silent()));
      return running;
    } catch (error) {
      starting = null;
      restsUntilMs = clock.monotonicMs() + limits.restMs;
      await worker.terminate();
      const reason = shortened(error instanceof Error ? error.message : String(error));
      throw sourcesErrors.error('plugin-broken', { params: { plugin: name, reason } });
    }
  }

  function running(): Promise<Running> {
    if (starting === null && clock.monotonicMs() < restsUntilMs) return Promise.reject(silent());
    starting ??= launch();
    return starting;
  }

  async function call(method: PluginMethod, argument: unknown, signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted();
    const thread = await running();
    signal?.throwIfAborted();
    if (thread.pending.size >= MAX_PENDING) throw failed(method, 'too many calls wait for an answer');
    calls += 1;
    const number = calls;
    const answered = Promise.withResolvers<string | Error>();
    thread.pending.set(number, answered.resolve);
    const send = (message: ToThread): void => thread.worker.postMessage(message);
    const timer = setTimeout(() => void giveUp(thread, silent()), limits.callMs[method]);
    const cancel = (): void => {
      send({ kind: 'cancel', call: number });
      answered.resolve(new Error('cancelled'));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      send({ kind: 'call', call: number, method, argument });
      const outcome = await answered.promise;
      signal?.throwIfAborted();
      if (typeof outcome === 'string') return outcome;
      throw outcome instanceof AppError ? outcome : failed(method, outcome.message);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      thread.pending.delete(number);
    }
  }

  return {
    start: async () => (await running()).manifest,
    call,
    close: async () => {
      const thread = await starting?.catch(() => null);
      thread?.worker.removeAllListeners('exit');
      await thread?.worker.terminate();
    },
  };
}

function startWorker(options: Parameters<typeof createPluginThread>[0]): Worker {
  const { name, moduleUrl, settings, limits, onOutput } = options;
  const workerData: ThreadData = { moduleUrl, settings, maxAnswerBytes: limits.answerLength };
  const worker = new Worker(new URL('./plugin.worker.ts', import.meta.url), {
    workerData,
    name: `plugin ${name}`,
    // Neither our secrets nor our outputs, which carry our log.
    env: {},
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMegabytes },
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => onOutput(text.slice(0, REASON_MAX)));
  }
  return worker;
}

/** What it says of itself. @throws Error with the reason why it cannot be used */
function firstWord(worker: Worker, startMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it was not ready within ${startMs} ms`)), startMs);
    worker.once('message', (message: FromThread) => {
      clearTimeout(timer);
      if (message.kind === 'ready') resolve(message.manifest);
      else reject(new Error(message.kind === 'broken' ? message.reason : 'it answered before it was asked'));
    });
    worker.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('its thread ended by itself'));
    });
  });
}

function shortened(reason: string): string {
  return reason.replaceAll(/\p{Cc}+/gu, ' ').slice(0, REASON_MAX);
}
