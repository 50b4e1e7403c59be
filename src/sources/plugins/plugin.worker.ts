// A plugin in a thread of its own: what it does wrong (an endless loop, all the memory, `process.exit`) ends this thread
// and nothing else. Answers leave as JSON, so that their size is known before the product reads them.
import { parentPort, workerData } from 'node:worker_threads';
import { type FromThread, METHODS, type ThreadData, type ToThread } from './thread-messages.ts';

const { moduleUrl, settings, maxAnswerBytes } = workerData as ThreadData;
const post = (message: FromThread): void => parentPort?.postMessage(message);
const running = new Map<number, AbortController>();

const wordsOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

function answer(call: number, value: unknown): void {
  const text = JSON.stringify(value ?? null);
  if (text.length > maxAnswerBytes) throw new RangeError(`an answer of ${text.length} characters is too long`);
  post({ kind: 'answer', call, text });
}

async function load(): Promise<Record<string, unknown>> {
  const module = (await import(moduleUrl)) as Record<string, unknown>;
  const { createSource } = module;
  if (typeof createSource !== 'function') throw new TypeError('the module exports no function `createSource`');
  const source: unknown = await createSource({ settings });
  if (typeof source !== 'object' || source === null) throw new TypeError('`createSource` gave no object');
  return source as Record<string, unknown>;
}

async function handle(
  source: Record<string, unknown>,
  { call, method, argument }: Extract<ToThread, { kind: 'call' }>,
) {
  const stop = new AbortController();
  running.set(call, stop);
  try {
    const work = source[method];
    if (typeof work !== 'function') throw new TypeError(`the plugin has no method \`${method}\``);
    answer(call, await work.call(source, argument, stop.signal));
  } catch (error) {
    post({ kind: 'failure', call, reason: wordsOf(error) });
  } finally {
    running.delete(call);
  }
}

try {
  const source = await load();
  parentPort?.on('message', (message: ToThread) => {
    if (message.kind === 'cancel') running.get(message.call)?.abort();
    else void handle(source, message);
  });
  const methods = METHODS.filter((name) => typeof source[name] === 'function');
  post({ kind: 'ready', manifest: JSON.stringify({ hosts: source.hosts ?? null, methods }) });
} catch (error) {
  post({ kind: 'broken', reason: wordsOf(error) });
}
