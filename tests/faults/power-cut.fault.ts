import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/platform/clock/index.ts';
import { openDatabase } from '../../src/platform/database/index.ts';

const WRITER = new URL('../support/endless-writer.ts', import.meta.url).pathname;
const POWER_CUT = new URL('../support/power-cut-program.ts', import.meta.url).pathname;

const folders: string[] = [];
const temporary = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'robian-power-'));
  folders.push(made);
  return made;
};
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

/** Rows that were acknowledged before the power was cut; `copy` is then what the disk holds. */
async function cutPower(copy: string, afterWrites: number, loses: 'all' | 'some'): Promise<number> {
  const dataDir = temporary();
  cpSync(join(inject('databaseTemplate').dataDir, 'database'), join(dataDir, 'database'), { recursive: true });
  const child = spawn(process.execPath, ['--import', POWER_CUT, WRITER, dataDir, 'checkpoint'], {
    env: {
      ...process.env,
      POWER_CUT_AFTER: String(afterWrites),
      POWER_CUT_COPY: join(copy, 'database', 'postgresql'),
      POWER_CUT_LOSES: loses,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  const signal = await new Promise((ended) => child.on('close', (_code, name) => ended(name)));
  expect(signal).toBe('SIGKILL');
  return Number(said.trim().split('\n').at(-1));
}

it.each([
  [190, 'all'],
  [263, 'all'],
  [210, 'some'],
  [337, 'some'],
] as const)(
  'after a power cut at write %i that loses %s of what was not on the disk, every acknowledged row is there',
  {
    timeout: 60_000,
  },
  async (afterWrites, loses) => {
    const copy = temporary();
    const acknowledged = await cutPower(copy, afterWrites, loses);
    expect(acknowledged).toBeGreaterThan(5);
    const database = await openDatabase({
      url: undefined,
      dataDir: copy,
      clock: systemClock,
      onFatal: () => undefined,
      onWarning: () => undefined,
    });
    try {
      const { rows } = await sql<{
        n: number;
        last: number;
      }>`select count(*) as n, max(id) as last from acknowledged`.execute(database.db);
      expect(rows[0]?.last).toBeGreaterThanOrEqual(acknowledged);
      expect(rows[0]?.n).toBe(rows[0]?.last);
      // It can be written to, and its indexes are whole.
      await sql`insert into acknowledged values (0)`.execute(database.db);
      await sql`reindex table debates`.execute(database.db);
    } finally {
      await database.close();
    }
  },
);
