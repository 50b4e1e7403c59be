/**
 * A 60-minute MP3 (58 MB) from an origin that answers after 60 ms and gives 6 MB/s a connection, from request to published
 * file, against one `curl`. Must be at least 3 times as fast. Exits 1 otherwise.
 *
 *   node bench/extraction-latency.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FRAME_BYTES, frameCount } from '../tests/support/synthetic-mp3.ts';
import { median, startChild } from './support/children.ts';

const HOUR_BYTES = frameCount(3600) * FRAME_BYTES;
const ANSWER_AFTER_MS = 60;
const BYTES_PER_SECOND = 6_000_000;
const MIN_RATIO = 3;
const ROUNDS = 3;

const directory = mkdtempSync(join(tmpdir(), 'robian-bench-'));
const product = startChild('extraction-process.ts', [directory]);
await product.line();

async function extract(url: string): Promise<number> {
  product.write(url);
  const result = JSON.parse(await product.line()) as { ms: number; state: string };
  if (result.state !== 'done') throw new Error(`the extraction ended ${JSON.stringify(result)}`);
  return result.ms;
}

function curl(url: string): number {
  const startedMs = performance.now();
  execFileSync('curl', ['--silent', '--fail', '--output', '/dev/null', url]);
  return performance.now() - startedMs;
}

const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const origin = startChild('origin.ts', [HOUR_BYTES - round * FRAME_BYTES, ANSWER_AFTER_MS, BYTES_PER_SECOND]);
  const url = `http://127.0.0.1:${await origin.line()}/a.mp3`;
  const peerMs = curl(url);
  const oursMs = await extract(url);
  await origin.stop();
  ratios.push(peerMs / oursMs);
  console.log(`one curl ${peerMs.toFixed(0)} ms, ours ${oursMs.toFixed(0)} ms, ratio ${(peerMs / oursMs).toFixed(2)}`);
}
await product.stop();
rmSync(directory, { recursive: true });

console.log(`ratio ${median(ratios).toFixed(2)} (at least ${MIN_RATIO})`);
process.exitCode = median(ratios) >= MIN_RATIO ? 0 : 1;
