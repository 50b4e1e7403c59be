import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type MediaServer, startMediaServer } from '../../tests/support/media-server.ts';
import { syntheticMp3 } from '../../tests/support/synthetic-mp3.ts';

const PROGRAM = new URL('../../tests/support/download-program.ts', import.meta.url).pathname;
const PATH = '/a.mp3';
const SIZE = 24_000_000;

let media: MediaServer;
let directory: string;

beforeEach(async () => {
  media = await startMediaServer();
  media.files.set(PATH, { sizeBytes: SIZE, read: syntheticMp3, etag: '"v1"' });
  media.bytesPerSecond = 3_000_000;
  directory = mkdtempSync(join(tmpdir(), 'robian-kill-'));
});

afterEach(async () => {
  await media.close();
  rmSync(directory, { recursive: true });
});

function start(): ChildProcess {
  return spawn(process.execPath, [PROGRAM, media.url(PATH), directory, 'a.mp3'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let output = '';
    child.stdout?.on('data', (data) => {
      output += data;
    });
    child.on('close', () => resolve(output));
  });
}

it('after kill -9 at half, a new process finishes the same bytes and fetches less than 2 % of them twice', async () => {
  const first = start();
  const killed = ended(first);
  const poll = setInterval(() => {
    if ((media.sentBytes.get(PATH) ?? 0) >= SIZE / 2) first.kill('SIGKILL');
  }, 5);
  expect(await killed).toBe('');
  clearInterval(poll);

  const second = JSON.parse(await ended(start())) as { path: string; fetchedBytes: number };
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  expect(sha256(readFileSync(second.path))).toBe(sha256(syntheticMp3(0, SIZE)));
  expect(second.fetchedBytes).toBeLessThan(SIZE * 0.52);
  expect(media.sentBytes.get(PATH)).toBeLessThan(SIZE * 1.02);
});
