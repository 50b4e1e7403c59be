import { objectName } from '../vault/index.ts';
import { removeUnlistedAudio } from './audio.ts';
import { decideGoing } from './keep.ts';
import { listBackups } from './manifest.ts';
import { readAudioList } from './read-backup.ts';
import type { BackupTarget } from './target.ts';

export interface Pruned {
  backups: string[];
  audio: number;
}

/** Removes backups older than `keepDays`, and the sound that no other names. The newest backup always stays. */
export async function pruneBackups(target: BackupTarget, keepDays: number, now: Date): Promise<Pruned> {
  const { backups, unfinished } = await listBackups(target);
  const going = decideGoing({ finished: backups.map(({ name }) => name), unfinished }, keepDays, now);
  for (const name of going) {
    // Its manifest first: what is left when this is broken off is no backup any more.
    await target.remove(`${name}/manifest.json`);
    const files: string[] = [];
    for await (const file of target.list(`${name}/`)) files.push(file.name);
    for (const file of files) await target.remove(file);
  }
  const listed = new Set<string>();
  for (const backup of backups.filter(({ name }) => !going.includes(name))) {
    for (const object of await readAudioList(target, backup)) listed.add(objectName(object));
  }
  return { backups: going, audio: await removeUnlistedAudio(target, listed, now) };
}
