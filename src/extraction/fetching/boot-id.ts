import { readFile } from 'node:fs/promises';

/** Names this run of the kernel (Linux, proc(5)); null elsewhere, where nothing unsynced is then trusted after a kill. */
export async function readBootId(path = '/proc/sys/kernel/random/boot_id'): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return null;
  }
}
