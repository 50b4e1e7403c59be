import type { BackupTarget } from './target.ts';

/** What stands beside a backup, readable without its key. It is written last: a backup without it was never finished. */
export interface Manifest {
  format: number;
  name: string;
  takenAt: string;
  finishedAt: string;
  version: string;
  /** `sha256` is of the bytes as they are stored. */
  database: { file: string; storedBytes: number; sha256: string; encrypted: boolean };
  /** Null: without sound. */
  audio: { file: string; sha256: string; objects: number; bytes: number } | null;
}

const NAME = /^\d{8}T\d{6}Z$/;
const MANIFEST = 'manifest.json';
/** A manifest has less than a thousand characters; what is larger is something else. */
const MANIFEST_MAX_BYTES = 64_000;

/** The moment it was taken, to the second: names are in the order of time. */
export function nameOf(takenAt: Date): string {
  return `${takenAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** The moment in a name; null when it is no name of a backup. */
export function momentOf(name: string): Date | null {
  if (!NAME.test(name)) return null;
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(name) ?? [];
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

export async function writeManifest(target: BackupTarget, manifest: Manifest): Promise<void> {
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await target.write(`${manifest.name}/${MANIFEST}`, piecesOf(text));
}

/** Null when there is none, or what is there was not written by this program. */
export async function readManifest(target: BackupTarget, name: string): Promise<Manifest | null> {
  const content = await target.read(`${name}/${MANIFEST}`);
  if (content === null) return null;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MANIFEST_MAX_BYTES) return null;
    pieces.push(piece);
  }
  try {
    const manifest = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Manifest;
    return manifest.name === name && typeof manifest.database?.sha256 === 'string' ? manifest : null;
  } catch {
    return null;
  }
}

export interface Listed {
  /** Finished backups, oldest first. */
  backups: Manifest[];
  /** Names of those that were begun and not finished, or whose manifest is not readable. */
  unfinished: string[];
}

export async function listBackups(target: BackupTarget): Promise<Listed> {
  const names = new Set<string>();
  for await (const { name } of target.list('')) {
    const [folder = ''] = name.split('/', 1);
    if (momentOf(folder) !== null) names.add(folder);
  }
  const listed: Listed = { backups: [], unfinished: [] };
  for (const name of [...names].sort()) {
    const manifest = await readManifest(target, name);
    if (manifest === null) listed.unfinished.push(name);
    else listed.backups.push(manifest);
  }
  return listed;
}

export async function* piecesOf(text: Buffer): AsyncGenerator<Buffer> {
  yield text;
}
