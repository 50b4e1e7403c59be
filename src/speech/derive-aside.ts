import { Worker } from 'node:worker_threads';
import { type DerivedSpeech, deriveSpeech, type SpeechFacts } from './derive.ts';

/** Fewer texts than these are aligned in some milliseconds, less than it takes to start a thread. */
const SMALL = 100;
/** A night's sitting takes about a second on a busy machine; what takes this long is a defect, in ms. */
const TIMEOUT_MS = 60_000;

/** `deriveSpeech` in a thread of its own where it is long: listeners served by this process do not wait for it. */
export function deriveAside(facts: SpeechFacts): Promise<DerivedSpeech> {
  if (facts.paragraphs.length + facts.captions.length <= SMALL) return Promise.resolve(deriveSpeech(facts));
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./derive.worker.ts', import.meta.url), { workerData: facts });
    const timer = setTimeout(() => settle(new Error('the derivation of a debate does not end')), TIMEOUT_MS);
    const settle = (outcome: DerivedSpeech | Error): void => {
      clearTimeout(timer);
      void worker.terminate();
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    worker.once('message', settle);
    worker.once('error', (error) => settle(error instanceof Error ? error : new Error(String(error))));
    worker.once('exit', () => settle(new Error('the derivation of a debate stopped by itself')));
  });
}
