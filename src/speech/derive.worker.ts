import { parentPort, workerData } from 'node:worker_threads';
import { deriveSpeech, type SpeechFacts } from './derive.ts';

parentPort?.postMessage(deriveSpeech(workerData as SpeechFacts));
