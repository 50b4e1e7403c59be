import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase } from '../../tests/support/database.ts';
import { type MediaServer, startMediaServer } from '../../tests/support/media-server.ts';
import { syntheticMp3 } from '../../tests/support/synthetic-mp3.ts';

const DOWNLOAD = new URL('../../tests/support/download-program.ts', import.meta.url).pathname;
const WORKER = new URL('../../tests/support/extraction-program.ts', import.meta.url).pathname;
const PATH = '/a.mp3';
const SIZE = 24_000_000;

let media: MediaServer;
let directory: string;

beforeEach(async () => {
  media = await startMediaServer();
  media.files.set(PATH, { sizeBytes: SIZE, read: syntheticMp3, etag: '"v1"' });
  // As a good line: unlimited, megabytes stand in the kernel's buffers, and what is counted is the kernel.
  media.bytesPerSecond = 6_000_000;
  directory = mkdtempSync(join(tmpdir(), 'robian-kill-'));
});

afterEach(async () => {
  await media.close();
  rmSync(directory, { recursive: true });
});

function start(program: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
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

/** What the journal says is there: in the folder of a download, or in the workspace of a run. */
function journaledBytes(): number {
  const [path] = globSync(['*.part.journal', 'staging/*/*.part.journal'], { cwd: directory });
  if (path === undefined) return 0;
  const lines = readFileSync(join(directory, path), 'utf8').matchAll(/^(\d+) (\d+)$/gm);
  return [...lines].reduce((sum, [, start, end]) => sum + Number(end) - Number(start), 0);
}

/** Less than one write of each connection: what a process may have received and not yet written. */
const UNWRITTEN_BYTES = 4 * 64 * 1024;

/**
 * Sends half of the file and holds the rest back; kills the process with SIGKILL in the middle of it. What the kernel
 * still carries is waited for, so that the bytes counted twice are those that the process lost, on a busy machine too.
 */
async function killAtHalf(child: ChildProcess): Promise<void> {
  const killed = ended(child);
  media.holdAfterBytes = SIZE / 2;
  const poll = setInterval(() => {
    const sent = media.sentBytes.get(PATH) ?? 0;
    if (sent >= SIZE / 2 && journaledBytes() > sent - UNWRITTEN_BYTES) child.kill('SIGKILL');
  }, 20);
  expect(await killed, 'it was killed before it was done').toBe('');
  clearInterval(poll);
  media.holdAfterBytes = Number.POSITIVE_INFINITY;
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
/** Of the file's bytes, the share that was sent a second time. */
const sentTwice = (): number => (media.sentBytes.get(PATH) ?? 0) / SIZE - 1;

describe('after kill -9 at half', () => {
  it('a new download finishes the same bytes and fetches less than 2 % of them twice', async () => {
    const args = [media.url(PATH), directory, 'a.mp3'];
    await killAtHalf(start(DOWNLOAD, ...args));
    const second = JSON.parse(await ended(start(DOWNLOAD, ...args))) as { path: string; fetchedBytes: number };
    expect(sha256(readFileSync(second.path))).toBe(sha256(syntheticMp3(0, SIZE)));
    expect(second.fetchedBytes).toBeLessThan(SIZE * 0.52);
    expect(sentTwice()).toBeLessThan(0.02);
  });

  it('a new worker finishes the run: published, byte-identical, less than 2 % fetched twice, nothing left behind', async () => {
    const database = process.env.TEST_DATABASE_URL === undefined ? null : await openTestDatabase();
    const args = [directory, media.url(PATH), ...(database?.url === undefined ? [] : [database.url])];
    await killAtHalf(start(WORKER, ...args));
    const second = JSON.parse(await ended(start(WORKER, ...args))) as Record<string, unknown>;
    expect(second).toMatchObject({ state: 'done', attempts: 2, sha256: sha256(syntheticMp3(0, SIZE)), workspaces: [] });
    expect(sentTwice()).toBeLessThan(0.02);
    await database?.close();
  });
});
