import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Where a program is: the configured path if there is one (then nothing else counts), else the first executable of that
 * name in `path` (the PATH variable). Null when it is not to be had.
 */
export async function findProgram(
  name: string,
  options: { configured: string | undefined; path: string | undefined },
): Promise<string | null> {
  const candidates =
    options.configured !== undefined
      ? [options.configured]
      : (options.path ?? '')
          .split(delimiter)
          .filter(isAbsolute)
          .map((folder) => join(folder, name));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
