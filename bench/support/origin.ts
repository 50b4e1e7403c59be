// An origin of its own process: `origin.ts <sizeBytes> <answerAfterMs> <bytesPerSecond of each connection, 0 without limit>`.
// Serves one MP3 of repeated valid frames with ranges, and prints its port.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FRAME_BYTES, syntheticMp3 } from '../../tests/support/synthetic-mp3.ts';

const [sizeBytes = 0, answerAfterMs = 0, bytesPerSecond = 0] = process.argv.slice(2).map(Number);
/** Whole frames, about 1 MiB: every position of the file is one in here. */
const PATTERN = syntheticMp3(0, FRAME_BYTES * 2731);
const TWICE = Buffer.concat([PATTERN, PATTERN]);

const server = createServer(async (request, response) => {
  if (answerAfterMs > 0) await delay(answerAfterMs);
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const start = asked ? Number(asked[1]) : 0;
  const end = asked?.[2] ? Math.min(Number(asked[2]) + 1, sizeBytes) : sizeBytes;
  response.writeHead(asked ? 206 : 200, {
    'content-type': 'audio/mpeg',
    'content-length': end - start,
    etag: '"bench"',
    'accept-ranges': 'bytes',
    ...(asked ? { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` } : {}),
  });
  await send(response, start, end);
  response.end();
});

async function send(response: ServerResponse, start: number, end: number): Promise<void> {
  const startedMs = performance.now();
  // A paced connection sends 50 pieces a second.
  const pieceBytes = bytesPerSecond > 0 ? Math.ceil(bytesPerSecond / 50) : PATTERN.length;
  for (let at = start; at < end && !response.destroyed; ) {
    const from = at % PATTERN.length;
    const piece = TWICE.subarray(from, from + Math.min(pieceBytes, end - at));
    at += piece.length;
    if (!response.write(piece)) await drained(response);
    if (bytesPerSecond === 0) continue;
    const aheadMs = ((at - start) / bytesPerSecond) * 1000 - (performance.now() - startedMs);
    if (aheadMs > 1) await delay(aheadMs);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
