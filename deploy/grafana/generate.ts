/**
 * Writes the dashboards that Grafana is provisioned with: `npm run dashboards`; with `--check`, only says which files are not what
 * they would be. They are committed: a server needs neither Node nor this program to show them.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { apiBoard } from './boards/api.ts';
import { audioBoard } from './boards/audio.ts';
import { databaseBoard } from './boards/database.ts';
import { listenersBoard } from './boards/listeners.ts';
import { systemBoard } from './boards/system.ts';
import { renderBoard } from './render-board.ts';

export const BOARDS = [apiBoard, databaseBoard, audioBoard, systemBoard, listenersBoard];

const FOLDER = join(import.meta.dirname, 'dashboards');

/** File names of the folder that differ from what they should be, or should not be there. */
export function staleDashboards(): { stale: string[]; left: string[]; files: ReadonlyMap<string, string> } {
  const files = new Map(
    BOARDS.map((board) => [`${board.uid}.json`, `${JSON.stringify(renderBoard(board), null, 2)}\n`]),
  );
  const there = new Map(
    globSync('*.json', { cwd: FOLDER }).map((name) => [basename(name), readFileSync(join(FOLDER, name), 'utf8')]),
  );
  return {
    stale: [...files.keys()].filter((name) => there.get(name) !== files.get(name)),
    left: [...there.keys()].filter((name) => !files.has(name)),
    files,
  };
}

if (import.meta.main) {
  const { stale, left, files } = staleDashboards();
  if (process.argv.includes('--check')) {
    for (const name of [...stale, ...left]) console.error(`${name} is stale: npm run dashboards`);
    process.exitCode = stale.length + left.length === 0 ? 0 : 1;
  } else {
    mkdirSync(FOLDER, { recursive: true });
    for (const name of stale) writeFileSync(join(FOLDER, name), files.get(name) ?? '');
    for (const name of left) rmSync(join(FOLDER, name));
    console.log(`${stale.length} written, ${left.length} removed`);
  }
}
