import type { Manifest } from './kubernetes-fields.ts';

/** As much of a pod as the rules look at. */
interface PodSpec {
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type?: string } };
  containers: Container[];
  volumes?: Volume[];
}

interface Container {
  image?: string;
  env?: { name: string }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  resources?: { requests?: Record<string, unknown>; limits?: Record<string, unknown> };
  securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[] };
  };
  volumeMounts?: { name: string }[];
  startupProbe?: unknown;
  livenessProbe?: unknown;
  readinessProbe?: unknown;
}

interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
  emptyDir?: { sizeLimit?: string };
}

interface Workload {
  name: string;
  kind: string;
  labels: Record<string, string>;
  pod: PodSpec;
}

/** Made where it is used, not by these files. */
const SECRET = 'robian-secrets';

/**
 * What no schema knows: what each pod may do, whether what is named is there, whether settings exist. Of one whole, as an overlay
 * gives it.
 * @param settings names of settings that exist
 */
export function brokenRules(manifests: readonly Manifest[], settings: ReadonlySet<string>): string[] {
  const workloads = manifests.flatMap(workloadOf);
  return [
    ...twice(manifests),
    ...workloads.flatMap((workload) => [
      ...mayTooMuch(workload),
      ...isUnbounded(workload),
      ...lacksProbes(workload),
      ...namesNothing(workload, manifests),
      ...workload.pod.containers
        .flatMap(({ env }) => env ?? [])
        .flatMap(({ name }) => unknownSetting(name, workload.name, settings)),
    ]),
    ...manifests
      .filter(({ kind }) => kind === 'ConfigMap')
      .flatMap((map) =>
        Object.keys(fieldsOf(map, 'data')).flatMap((name) => unknownSetting(name, map.metadata.name, settings)),
      ),
    ...manifests.flatMap((manifest) => pointsNowhere(manifest, manifests, workloads)),
  ];
}

function workloadOf(manifest: Manifest): Workload[] {
  const { kind, metadata } = manifest;
  const spec = fieldsOf(manifest, 'spec');
  const job = kind === 'CronJob' ? fieldsOf(fieldsOf(spec, 'jobTemplate'), 'spec') : spec;
  if (!['Deployment', 'Job', 'CronJob'].includes(kind)) return [];
  const template = fieldsOf(job, 'template');
  const labels = fieldsOf(fieldsOf(template, 'metadata'), 'labels') as Record<string, string>;
  return [{ name: `${kind} ${metadata.name}`, kind, labels, pod: fieldsOf(template, 'spec') as unknown as PodSpec }];
}

function fieldsOf(of: Record<string, unknown> | Manifest, field: string): Record<string, unknown> {
  const value: unknown = Reflect.get(of, field);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function twice(manifests: readonly Manifest[]): string[] {
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return names.filter((name, position) => names.indexOf(name) !== position).map((name) => `${name} is there twice`);
}

/** The profile “restricted” of Kubernetes' pod security standards, and a file system that nobody writes to. */
function mayTooMuch({ name, pod }: Workload): string[] {
  const { securityContext: ofPod, containers } = pod;
  const asked: [boolean, string][] = [
    [ofPod?.runAsNonRoot === true && (ofPod.runAsUser ?? 0) > 0, 'may run as root'],
    [ofPod?.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile'],
    [pod.automountServiceAccountToken === false, 'is given a token of the cluster'],
    ...containers.flatMap(({ securityContext }): [boolean, string][] => [
      [securityContext?.allowPrivilegeEscalation === false, 'may gain privileges'],
      [securityContext?.readOnlyRootFilesystem === true, 'may write to its image'],
      [securityContext?.capabilities?.drop?.includes('ALL') === true, 'keeps capabilities'],
    ]),
  ];
  return asked.filter(([holds]) => !holds).map(([, what]) => `${name} ${what}`);
}

function isUnbounded({ name, pod }: Workload): string[] {
  const broken = pod.containers.flatMap(({ resources, image }) => [
    ...(resources?.limits?.memory === undefined ? ['has no limit of memory'] : []),
    ...(resources?.requests?.cpu === undefined ? ['asks for no processor'] : []),
    ...(resources?.requests?.memory === undefined ? ['asks for no memory'] : []),
    // Without a tag or with :latest, a restart may bring another version.
    ...(/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image ?? '') ? [] : [`runs whatever ${image} is that day`]),
  ]);
  const volumes = (pod.volumes ?? [])
    .filter(({ emptyDir }) => emptyDir && emptyDir.sizeLimit === undefined)
    .map((volume) => `may fill the node by ${volume.name}`);
  return [...broken, ...volumes].map((what) => `${name} ${what}`);
}

function lacksProbes({ kind, name, pod }: Workload): string[] {
  if (kind !== 'Deployment') return [];
  return pod.containers
    .filter((container) => !(container.startupProbe && container.livenessProbe && container.readinessProbe))
    .map(() => `${name} lacks a probe`);
}

/** What a pod names and the whole does not have. */
function namesNothing({ name, pod }: Workload, manifests: readonly Manifest[]): string[] {
  const has = (kind: string, wanted: string): boolean =>
    manifests.some((manifest) => manifest.kind === kind && manifest.metadata.name === wanted);
  const volumes = pod.volumes ?? [];
  const named: [boolean, string][] = [
    [has('ServiceAccount', pod.serviceAccountName ?? ''), `the service account ${pod.serviceAccountName}`],
    ...volumes.flatMap(({ persistentVolumeClaim: claim }): [boolean, string][] =>
      claim ? [[has('PersistentVolumeClaim', claim.claimName), `the claim ${claim.claimName}`]] : [],
    ),
    ...pod.containers.flatMap(({ envFrom = [], volumeMounts = [] }): [boolean, string][] => [
      ...envFrom.map(({ configMapRef, secretRef }): [boolean, string] => [
        configMapRef ? has('ConfigMap', configMapRef.name) : secretRef?.name === SECRET,
        `the settings ${configMapRef?.name ?? secretRef?.name}`,
      ]),
      ...volumeMounts.map((mount): [boolean, string] => [
        volumes.some((volume) => volume.name === mount.name),
        `the volume ${mount.name}`,
      ]),
    ]),
  ];
  return named.filter(([there]) => !there).map(([, what]) => `${name} names ${what}, which is not there`);
}

function unknownSetting(name: string, where: string, settings: ReadonlySet<string>): string[] {
  return settings.has(name) ? [] : [`${where} sets ${name}, which is no setting`];
}

type Selector = Record<string, string>;

/** Budgets, services, policies, scalers and ways in that point at nobody. */
function pointsNowhere(manifest: Manifest, manifests: readonly Manifest[], workloads: readonly Workload[]): string[] {
  const { kind, metadata } = manifest;
  const spec = fieldsOf(manifest, 'spec');
  const name = `${kind} ${metadata.name}`;
  const selects = (selector: Selector): boolean =>
    workloads.some(({ labels }) => Object.entries(selector).every(([label, value]) => labels[label] === value));
  const nobody = (selector: Record<string, unknown>): string[] =>
    selects(selector as Selector) ? [] : [`${name} selects nobody`];
  switch (kind) {
    case 'Service':
      return nobody(fieldsOf(spec, 'selector'));
    case 'PodDisruptionBudget':
    case 'Deployment':
      return nobody(fieldsOf(fieldsOf(spec, 'selector'), 'matchLabels'));
    case 'NetworkPolicy':
      return nobody(fieldsOf(fieldsOf(spec, 'podSelector'), 'matchLabels'));
    case 'HorizontalPodAutoscaler': {
      const target = fieldsOf(spec, 'scaleTargetRef');
      const isThere = workloads.some((workload) => workload.name === `${String(target.kind)} ${String(target.name)}`);
      return isThere ? [] : [`${name} scales nothing`];
    }
    case 'Ingress': {
      const backends = [...JSON.stringify(spec).matchAll(/"service":\{"name":"([^"]+)"/g)].map(
        ([, service]) => service,
      );
      return backends
        .filter((service) => !manifests.some((one) => one.kind === 'Service' && one.metadata.name === service))
        .map((service) => `${name} leads to ${service}, which is not there`);
    }
    default:
      return [];
  }
}
