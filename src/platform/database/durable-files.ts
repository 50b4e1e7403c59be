import { closeSync, fdatasyncSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What of Emscripten's file system is used here; its types do not tell of it. */
interface OpenStream {
  /** Absent for folders. */
  nfd?: number;
  node: object;
}
interface NodeFileSystem {
  realPath(node: object): string;
  stream_ops: { fsync?: (stream: OpenStream) => number };
}
interface EngineModule {
  FS: { filesystems: { NODEFS: NodeFileSystem } };
}

/**
 * Files that are on the disk when the engine asks for it. As it comes, the engine's `fsync` reaches a file system that does not have
 * one and is taken for done: a power cut then takes what was acknowledged, and may leave a database that does not open.
 */
export class DurableFiles extends NodeFS {
  override async init(...given: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const made = await super.init(...given);
    const { emscriptenOpts } = made;
    emscriptenOpts.preRun = [
      ...(emscriptenOpts.preRun ?? []),
      (engine: unknown) => {
        const { NODEFS } = (engine as EngineModule).FS.filesystems;
        NODEFS.stream_ops.fsync = (stream) => {
          if (stream.nfd === undefined) syncPath(NODEFS.realPath(stream.node));
          else fdatasyncSync(stream.nfd);
          return 0;
        };
      },
    ];
    return made;
  }
}

/** Brings a folder with all that is in it to the disk: what was made by a program that does not ask for that. */
export function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else syncPath(path);
  }
  syncPath(folder);
}

function syncPath(path: string): void {
  const opened = openSync(path, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

/**
 * Over the engine's own, which have `fsync` off. The method must be `fsync`: of the two calls that PostgreSQL knows, it is the one
 * that the engine hands on to its file system.
 */
export const DURABLE_PARAMETERS = ['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'];
