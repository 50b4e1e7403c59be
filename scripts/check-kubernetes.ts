/**
 * Says what is wrong with deploy/kubernetes: types and fields of every document, then of what each overlay makes of them what our
 * own rules ask. Merging is kustomize's work: it needs `kubectl` 1.21 or later (Kustomize 4), which is in no package of Debian 12
 * or npm; without it the overlays are not merged, and this says so.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseConfig, SETTINGS } from '../src/platform/config/config.ts';
import { type Manifest, unknownFields, wrongTypes } from './kubernetes-fields.ts';
import { brokenRules } from './kubernetes-rules.ts';

const FOLDER = join(import.meta.dirname, '../deploy/kubernetes');
export const OVERLAYS = ['small', 'production'] as const;
/** Read by the tools for S3 and not by us. */
const OF_OTHERS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
const KNOWN_SETTINGS: ReadonlySet<string> = new Set([...Object.keys(SETTINGS), ...OF_OTHERS]);

/** Documents as they are written: not merged, and without what only overlays give. */
export function writtenManifests(): Manifest[] {
  const isPartial = (file: string): boolean =>
    /kustomization\.yaml$|^monitoring\//.test(file) || file === 'overlays/small/one-process.yaml';
  return globSync('**/*.yaml', { cwd: FOLDER })
    .filter((file) => !isPartial(file))
    .flatMap((file) => parseManifests(readFileSync(join(FOLDER, file), 'utf8')));
}

/** Whether this machine can merge overlays. */
export const canMerge = spawnSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore' }).status === 0;

/** What would be applied. @throws Error with what kustomize said */
export function mergedManifests(overlay: (typeof OVERLAYS)[number]): Manifest[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', join(FOLDER, 'overlays', overlay)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status !== 0) throw new Error(stderr);
  return parseManifests(stdout);
}

export function faultsOfFields(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const types = wrongTypes(manifest);
    const where = `${manifest.kind} ${manifest.metadata.name}`;
    return [...unknownFields(manifest), ...(types === null ? [] : [types])].map((fault) => `${where}: ${fault}`);
  });
}

/** What is wrong with a whole: fields, our rules, and values that the product would refuse. */
export function faultsOf(manifests: readonly Manifest[]): string[] {
  return [
    ...faultsOfFields(manifests),
    ...brokenRules(manifests, KNOWN_SETTINGS),
    ...manifests.filter(({ kind }) => kind === 'ConfigMap').flatMap(refusedSettings),
  ];
}

function refusedSettings({ metadata, data }: Manifest): string[] {
  try {
    parseConfig({ ...(data as Record<string, string>) });
    return [];
  } catch (error) {
    return [`ConfigMap ${metadata.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

if (import.meta.main) {
  const faults = faultsOfFields(writtenManifests());
  if (canMerge) {
    for (const overlay of OVERLAYS) {
      const found = faultsOf(mergedManifests(overlay));
      faults.push(...found.map((fault) => `${overlay}: ${fault}`));
      if (found.length === 0) console.log(`overlay ${overlay}: nothing is wrong`);
    }
  } else {
    console.log('kubectl is not here: documents are checked one by one, overlays are not merged');
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
