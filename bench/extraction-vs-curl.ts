/**
 * A 60-minute MP3 (58 MB) from loopback, from request to published file (queue, download, hash, frames, two durable
 * renames, database), against `curl -o` and `sha256sum` of the same file; then the memory of the same for ten times the
 * size. Must reach 0.25 of the speed (median of three) and never be 64 MB above what the process had before its first job. Exits 1 otherwise.
 *
 *   node bench/extraction-vs-curl.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FRAME_BYTES, frameCount } from '../tests/support/synthetic-mp3.ts';
import { median, startChild } from './support/children.ts';

const HOUR_BYTES = frameCount(3600) * FRAME_BYTES;
const MIN_RATIO = 0.25;
const MAX_ABOVE_IDLE_BYTES = 64 * 1024 * 1024;
const ROUNDS = 3;

const directory = mkdtempSync(join(tmpdir(), 'robian-bench-'));
const product = startChild('extraction-process.ts', [directory]);
await product.line();

async function extract(url: string): Promise<{ ms: number; aboveIdleBytes: number; sha256: string }> {
  product.write(url);
  const result = JSON.parse(await product.line()) as Record<string, unknown>;
  if (result.state !== 'done') throw new Error(`the extraction ended ${JSON.stringify(result)}`);
  const aboveIdleBytes = Number(result.peakBytes) - Number(result.idleBytes);
  return { ms: Number(result.ms), aboveIdleBytes, sha256: String(result.sha256) };
}

function curl(url: string): { ms: number; sha256: string } {
  const path = join(directory, 'curl.mp3');
  const startedMs = performance.now();
  execFileSync('curl', ['--silent', '--fail', '--output', path, url]);
  const sha256 = execFileSync('sha256sum', [path]).toString().slice(0, 64);
  const ms = performance.now() - startedMs;
  rmSync(path);
  return { ms, sha256 };
}

async function measure(sizeBytes: number, rounds: number): Promise<{ ratio: number; aboveIdleBytes: number }> {
  const ratios: number[] = [];
  const above: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Another size each time: the same bytes again would be a file that the vault already has.
    const origin = startChild('origin.ts', [sizeBytes - round * FRAME_BYTES, 0, 0]);
    const url = `http://127.0.0.1:${await origin.line()}/a.mp3`;
    const peer = curl(url);
    const ours = await extract(url);
    await origin.stop();
    if (ours.sha256 !== peer.sha256) throw new Error('the bytes differ');
    ratios.push(peer.ms / ours.ms);
    above.push(ours.aboveIdleBytes);
    const megabytes = (ours.aboveIdleBytes / 2 ** 20).toFixed(0);
    console.log(
      `${(sizeBytes / 1e6).toFixed(0)} MB: curl + sha256sum ${peer.ms.toFixed(0)} ms, ours ${ours.ms.toFixed(0)} ms, ` +
        `ratio ${(peer.ms / ours.ms).toFixed(2)}, ${megabytes} MiB above idle`,
    );
  }
  return { ratio: median(ratios), aboveIdleBytes: Math.max(...above) };
}

// Code is compiled once in the life of a worker, not once a sitting; its memory counts.
await measure(HOUR_BYTES / 8, 1);
const hour = await measure(HOUR_BYTES, ROUNDS);
const tenHours = await measure(HOUR_BYTES * 10, ROUNDS);
await product.stop();
rmSync(directory, { recursive: true });

const peak = Math.max(hour.aboveIdleBytes, tenHours.aboveIdleBytes);
console.log(
  `ratio ${hour.ratio.toFixed(2)} (at least ${MIN_RATIO}), ${(peak / 2 ** 20).toFixed(0)} MiB above idle (at most 64)`,
);
process.exitCode = hour.ratio >= MIN_RATIO && peak < MAX_ABOVE_IDLE_BYTES ? 0 : 1;
