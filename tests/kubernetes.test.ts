import { describe, expect, it } from 'vitest';
import {
  canMerge,
  faultsOf,
  faultsOfFields,
  mergedManifests,
  OVERLAYS,
  writtenManifests,
} from '../scripts/check-kubernetes.ts';
import type { Manifest } from '../scripts/kubernetes-fields.ts';

describe('the manifests', () => {
  it('have known fields of the right types, each as it is written', () => {
    const manifests = writtenManifests();
    expect(new Set(manifests.map(({ kind }) => kind))).toEqual(
      new Set([
        ...['Namespace', 'ServiceAccount', 'Deployment', 'Service', 'Ingress', 'Job', 'CronJob', 'Secret'],
        ...['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'NetworkPolicy', 'PersistentVolumeClaim'],
      ]),
    );
    expect(faultsOfFields(manifests)).toEqual([]);
  });
});

// Merging is kustomize's work; where there is no kubectl, this is skipped and says so.
describe.skipIf(!canMerge)('what an overlay makes', () => {
  it.each(OVERLAYS)('of %s breaks no rule', (overlay) => {
    expect(faultsOf(mergedManifests(overlay))).toEqual([]);
  });

  it('is one process and no autoscaler in small, and every role twice at least in production', () => {
    const named = (overlay: (typeof OVERLAYS)[number], kind: string): string[] =>
      mergedManifests(overlay)
        .filter((manifest) => manifest.kind === kind)
        .map(({ metadata }) => metadata.name);
    expect(named('small', 'Deployment')).toEqual(['api']);
    expect(named('small', 'HorizontalPodAutoscaler')).toEqual([]);
    expect(named('production', 'Deployment').sort()).toEqual(['api', 'scheduler', 'worker']);
    expect(named('production', 'HorizontalPodAutoscaler').sort()).toEqual(['api', 'worker']);
    expect(named('production', 'PodDisruptionBudget').sort()).toEqual(['api', 'scheduler', 'worker']);
  });

  /** In every document of a kind. */
  const change =
    (kind: string, from: string | RegExp, to: string) =>
    (manifests: readonly Manifest[]): Manifest[] => {
      const before = JSON.stringify(manifests.filter((manifest) => manifest.kind === kind));
      const after = before.replace(from, to);
      expect(after).not.toBe(before);
      return [...manifests.filter((manifest) => manifest.kind !== kind), ...(JSON.parse(after) as Manifest[])];
    };
  it.each([
    [
      'a field that is misspelt',
      change('Deployment', '"readinessProbe"', '"readynessProbe"'),
      'readynessProbe is no field',
    ],
    [
      'a number that is a word',
      change('PodDisruptionBudget', '"selector":{', '"selector":"api","x":{'),
      'PodDisruptionBudget',
    ],
    ['root', change('Job', '"runAsNonRoot":true', '"runAsNonRoot":false'), 'may run as root'],
    [
      'an image that may be written to',
      change('CronJob', '"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false'),
      'may write to its image',
    ],
    ['capabilities', change('Deployment', '"ALL"', '"NET_RAW"'), 'keeps capabilities'],
    ['no bound of memory', change('Deployment', /"limits":\{[^}]*\}/, '"limits":{}'), 'has no limit of memory'],
    ['any version', change('Deployment', 'robianapi:0.1.0', 'robianapi:latest'), 'runs whatever'],
    ['a setting that is none', change('ConfigMap', '"LOG_LEVEL"', '"LOG_LEVL"'), 'LOG_LEVL, which is no setting'],
    ['a value that the product refuses', change('ConfigMap', '"8000"', '"http"'), 'PORT: expected a port'],
    [
      'a claim that nobody makes',
      change('CronJob', '"claimName":"backups"', '"claimName":"backup"'),
      'names the claim backup',
    ],
    [
      'a scaler of nothing',
      change('HorizontalPodAutoscaler', '"kind":"Deployment","name":"worker"', '"kind":"Deployment","name":"works"'),
      'scales nothing',
    ],
    ['a way in to nobody', change('Ingress', '"service":{"name":"api"', '"service":{"name":"web"'), 'leads to web'],
    [
      'a budget for nobody',
      change('PodDisruptionBudget', '"app.kubernetes.io/component":"api"', '"app.kubernetes.io/component":"web"'),
      'selects nobody',
    ],
    ['the same twice', (manifests: readonly Manifest[]) => [...manifests, ...manifests.slice(0, 1)], 'is there twice'],
  ] as const)('is refused with %s', (_what, changed, fault) => {
    const manifests = mergedManifests('production');
    const faults = faultsOf(changed(manifests));
    expect(faults.join('\n')).toContain(fault);
  });
});
