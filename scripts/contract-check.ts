/** Fails when the committed contract breaks clients of the one before: `npm run contract [git revision]`. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findBreakingChanges } from './contract-changes.ts';
import { CONTRACT_FILE } from './openapi.ts';

/** Changes that were decided, one sentence a line, as this check writes them; emptied with each release. */
const ACCEPTED_FILE = 'contracts/accepted-breaking-changes.txt';

/** Nothing to compare with is no failure: a first commit, or a checkout without history, has no contract before. */
export function checkContract(revision?: string): { base: string | null; breaking: string[] } {
  const base = revision ?? baseRevision();
  const before = base === null ? null : git('show', `${base}:${CONTRACT_FILE}`);
  if (before === null) return { base: null, breaking: [] };
  const accepted = new Set(readFileSync(ACCEPTED_FILE, 'utf8').split('\n'));
  const changes = findBreakingChanges(JSON.parse(before), JSON.parse(readFileSync(CONTRACT_FILE, 'utf8')));
  return { base, breaking: changes.filter((change) => !accepted.has(change)) };
}

/** Where this branch left the main one; on the main one, the commit before. */
function baseRevision(): string | null {
  const head = git('rev-parse', 'HEAD');
  for (const main of ['origin/main', 'main']) {
    const fork = git('merge-base', 'HEAD', main);
    if (fork !== null && fork !== head) return fork.trim();
  }
  return git('rev-parse', 'HEAD~1')?.trim() ?? null;
}

function git(...commandLine: string[]): string | null {
  try {
    return execFileSync('git', commandLine, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}

if (import.meta.main) {
  const { base, breaking } = checkContract(process.argv[2]);
  console.log(base === null ? 'no contract to compare with' : `compared with ${base}: ${breaking.length} breaking`);
  for (const change of breaking) console.error(change);
  process.exitCode = breaking.length === 0 ? 0 : 1;
}
