import { spawnSync } from 'node:child_process';
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SLOT = 'replica_1';

/**
 * A replica of the PostgreSQL of the tests, on a socket of its own, that reads through a replication slot.
 * @returns what stops and removes it
 */
export function startReplica(serverUrl: string): () => void {
  const { hostname, port, username } = new URL(serverUrl);
  const binaries = join(globSync('/usr/lib/postgresql/*/bin/pg_basebackup').sort().at(-1) ?? '', '..');
  const folder = mkdtempSync(join(tmpdir(), 'robian-replica-'));
  const data = join(folder, 'data');
  const run = asOwnerOf(folder);
  const at = ['-h', hostname, '-p', port, '-U', username];
  run(join(binaries, 'pg_basebackup'), [...at, '-D', data, '-R', '-X', 'stream', '-C', '-S', SLOT, '-c', 'fast']);
  // A replica takes at least as many connections as its primary, or does not start.
  const settings = `-c max_connections=200 -c listen_addresses= -c unix_socket_directories=${folder} -c cluster_name=${SLOT}`;
  const control = join(binaries, 'pg_ctl');
  run(control, ['-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start']);
  return () => {
    run(control, ['-D', data, '-m', 'immediate', '-w', 'stop']);
    run(join(binaries, 'psql'), [...at, '-d', 'postgres', '-c', `select pg_drop_replication_slot('${SLOT}')`]);
    rmSync(folder, { recursive: true, force: true });
  };
}

/** PostgreSQL refuses to run as root. */
function asOwnerOf(folder: string): (command: string, args: readonly string[]) => void {
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? idsOf('postgres') : null;
  if (identity) chownSync(folder, identity.uid, identity.gid);
  return (command, args) => {
    const { status, stderr, error } = spawnSync(command, args, {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder },
      timeout: 60_000,
    });
    if (status !== 0) throw new Error(`${command}: ${error?.message ?? ''} ${String(stderr)}`);
  };
}

function idsOf(user: string): { uid: number; gid: number } {
  const idOf = (option: string): number => Number(spawnSync('id', [option, user]).stdout);
  return { uid: idOf('-u'), gid: idOf('-g') };
}
