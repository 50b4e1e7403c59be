import type { Clock } from '../platform/clock/index.ts';
import type { FileMaker } from './documents.ts';
import type { Representation } from './plan-answer.ts';
import type { Sitting } from './sitting.ts';

/** What the sites have to show at this moment. */
export interface World {
  sittings(): readonly Sitting[];
  /** Where the replay stands; documents name all hosts of the Assembly by it. */
  origin(): string;
  clock: Clock;
  file: FileMaker;
}

/** One kind of address: the form of its path, and what lies there; null when there is no such thing. */
export interface Route {
  path: RegExp;
  find(groups: Readonly<Record<string, string | undefined>>, url: URL): Representation | null;
}

export function findByRoute(routes: readonly Route[], url: URL): Representation | null {
  for (const { path, find } of routes) {
    const match = path.exec(url.pathname);
    if (match !== null) return find(match.groups ?? {}, url);
  }
  return null;
}
