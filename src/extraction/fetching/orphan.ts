import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { signalGroup } from './run-program.ts';

/**
 * A worker that is killed leaves its child running, which would write into the same files as the child of the next worker.
 * So the child's process group is noted in the workspace, with the moment it started so that a reused pid is not mistaken
 * for it, and whoever runs the next one ends it first. Linux only (proc(5)); elsewhere nothing is noted.
 */
export async function withChildNote<T>(
  path: string,
  run: (onStarted: (pid: number) => void) => Promise<T>,
): Promise<T> {
  await endOrphan(path);
  try {
    return await run((pid) => noteChild(path, pid));
  } finally {
    rmSync(path, { force: true });
  }
}

function noteChild(path: string, pid: number): void {
  const startedAt = startOf(readStat(pid));
  if (startedAt !== null) writeFileSync(path, `${pid} ${startedAt}`, { mode: 0o600 });
}

async function endOrphan(path: string): Promise<void> {
  const noted = /^(\d+) (\d+)$/.exec(await readFile(path, 'utf8').catch(() => ''));
  if (noted === null) return;
  const pid = Number(noted[1]);
  if (startOf(readStat(pid)) === noted[2]) signalGroup(pid, 'SIGKILL');
}

function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}

/** Field 22 (clock ticks since boot); counted after the command's name, which may hold spaces and parentheses. */
function startOf(stat: string): string | null {
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return afterName[19] ?? null;
}
