import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTestDatabase } from '../support/database.ts';
import { startMediaServer } from '../support/media-server.ts';
import { syntheticMp3 } from '../support/synthetic-mp3.ts';

const WORKER = new URL('../support/extraction-program.ts', import.meta.url).pathname;
const PATH = '/a.mp3';
const SIZE = 4_000_000;

function run(args: string[], killAt: string | null): Promise<{ signal: string | null; said: string }> {
  const environment = killAt === null ? process.env : { ...process.env, KILL_AT: killAt };
  const child = spawn(process.execPath, [WORKER, ...args], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  return new Promise((ended) => child.on('close', (_code, signal) => ended({ signal, said })));
}

// Fetching itself is killed in src/extraction/kill-and-resume.test.ts and tests/e2e/extract.test.ts.
it.each(['requested', 'claimed', 'inspecting', 'staged', 'stored', 'published'])(
  'after kill -9 when the extraction is %s, the next process ends it with the published bytes, fetched and stored once',
  async (step) => {
    const media = await startMediaServer();
    media.files.set(PATH, { sizeBytes: SIZE, read: syntheticMp3, etag: '"v1"' });
    const dataDir = mkdtempSync(join(tmpdir(), 'robian-phase-'));
    const database = process.env.TEST_DATABASE_URL === undefined ? null : await openTestDatabase();
    const args = [dataDir, media.url(PATH), ...(database?.url === undefined ? [] : [database.url])];
    try {
      expect(await run(args, step)).toEqual({ signal: 'SIGKILL', said: '' });
      const { said } = await run(args, null);
      const sha256 = createHash('sha256').update(syntheticMp3(0, SIZE)).digest('hex');
      expect(JSON.parse(said)).toMatchObject({ state: 'done', sha256 });
      // Its folder is all that a kill after the publication leaves, for the hourly sweep.
      if (step !== 'published') expect(JSON.parse(said)).toMatchObject({ workspaces: [] });
      const stored = globSync('vault/*/*/*', { cwd: dataDir });
      expect(stored).toHaveLength(1);
      expect(
        createHash('sha256')
          .update(readFileSync(join(dataDir, stored[0] ?? '')))
          .digest('hex'),
      ).toBe(sha256);
      // What had been fetched was not fetched again.
      const fetched = (media.sentBytes.get(PATH) ?? 0) / SIZE;
      expect(fetched).toBeGreaterThanOrEqual(1);
      expect(fetched).toBeLessThan(1.02);
    } finally {
      await media.close();
      await database?.close();
      rmSync(dataDir, { recursive: true });
    }
  },
);
