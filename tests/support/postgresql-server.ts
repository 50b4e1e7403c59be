import { execFile, execFileSync } from 'node:child_process';
import { chownSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './installation.ts';

const run = promisify(execFile);

const BINARIES = globSync('/usr/lib/postgresql/*/bin/initdb')
  .map((path) => dirname(path))
  .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  .at(-1);
/** Whether Debian's postgresql is installed. */
export const hasPostgresql = BINARIES !== undefined;
/** Who may run PostgreSQL only as somebody else. */
const isRoot = process.getuid?.() === 0;

export interface PostgresqlServer {
  port: number;
  url: string;
  folder: string;
  start(): Promise<void>;
  /** `immediate`: as a power cut of the server. */
  stop(how: 'fast' | 'immediate'): Promise<void>;
  /** Statements as its superuser, each on its own; gives the rows of the last one. */
  query<Row extends pg.QueryResultRow>(...statements: string[]): Promise<Row[]>;
  /** A second server that follows this one, and is asked before a commit is acknowledged. */
  addReplica(): Promise<PostgresqlServer>;
  promote(): Promise<void>;
  close(): Promise<void>;
}

interface Place {
  folder: string;
  data: string;
  port: number;
}

/** A real PostgreSQL of the test's own. `parent`: where its files are, as a small file system. */
export async function startPostgresqlServer(parent: string = tmpdir()): Promise<PostgresqlServer> {
  const place = await makePlace(parent);
  await asOwner('initdb', ['-D', place.data, '-U', 'robian', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8']);
  configure(place, ['max_connections = 100', 'wal_level = replica', 'max_wal_size = 64MB', 'min_wal_size = 32MB']);
  const server = serverAt(place);
  await server.start();
  return server;
}

async function makePlace(parent: string): Promise<Place> {
  const folder = mkdtempSync(join(parent, 'robian-pg-'));
  if (isRoot) chownSync(folder, ...ownerIds());
  return { folder, data: join(folder, 'data'), port: await freePort() };
}

function ownerIds(): [number, number] {
  const [, , uid, gid] = (/^postgres:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0] ?? '').split(':');
  return [Number(uid), Number(gid)];
}

/** PostgreSQL refuses to run as root. */
async function asOwner(program: string, args: string[]): Promise<void> {
  const command = [join(BINARIES ?? '', program), ...args];
  const [file = '', ...rest] = isRoot
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', 'env', 'HOME=/tmp', ...command]
    : command;
  await run(file, rest, { cwd: '/tmp', timeout: 120_000 });
}

function configure({ data, port, folder }: Place, settings: readonly string[]): void {
  const own = ["listen_addresses = '127.0.0.1'", `port = ${port}`, `unix_socket_directories = '${folder}'`];
  writeFileSync(join(data, 'postgresql.conf'), `${[...own, ...settings].join('\n')}\n`, { flag: 'a' });
}

function serverAt(place: Place): PostgresqlServer {
  const { folder, data, port } = place;
  const url = `postgresql://robian@127.0.0.1:${port}/postgres`;
  const control = (...args: string[]): Promise<void> => asOwner('pg_ctl', ['-D', data, '-w', '-t', '60', ...args]);
  const server: PostgresqlServer = {
    port,
    url,
    folder,
    start: () => control('-l', join(folder, 'log'), 'start'),
    stop: (how) => control('-m', how, 'stop'),
    query: async <Row extends pg.QueryResultRow>(...statements: string[]): Promise<Row[]> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        let rows: Row[] = [];
        for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
        return rows;
      } finally {
        await client.end();
      }
    },
    addReplica: async () => {
      const copy = await makePlace(tmpdir());
      await asOwner('pg_basebackup', [
        '-d',
        url,
        '-D',
        copy.data,
        '-R',
        '-X',
        'stream',
        '-C',
        '-S',
        'replica',
        '-c',
        'fast',
      ]);
      configure(copy, []);
      const replica = serverAt(copy);
      await replica.start();
      // A commit is acknowledged when the replica has it on its disk.
      await server.query(`alter system set synchronous_standby_names = '*'`, 'select pg_reload_conf()');
      return replica;
    },
    promote: () => control('promote'),
    close: async () => {
      await server.stop('immediate').catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return server;
}

/** A file system of its own size, so that it can be filled; null where this user may not mount. */
export function mountSmallDisk(megabytes: number): { path: string; unmount(): void } | null {
  const path = mkdtempSync(join(tmpdir(), 'robian-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmSync(path, { recursive: true });
    return null;
  }
  return {
    path,
    unmount: () => {
      // What a killed process still has open does not keep it.
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
