import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const DEPLOY = join(import.meta.dirname, '../../deploy');

export const deployed = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');

/** @throws Error when it is not there: a file that lost what a test changes is not what was meant to be tested */
export function replaced(text: string, changes: readonly (readonly [from: string | RegExp, to: string])[]): string {
  return changes.reduce((before, [from, to]) => {
    const after = before.replaceAll(from, to);
    if (after === before) throw new Error(`nothing is ${String(from)} in ${before.slice(0, 200)}`);
    return after;
  }, text);
}
