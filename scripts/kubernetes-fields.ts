import * as client from '@kubernetes/client-node';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';

/** A document of Kubernetes, as YAML has it. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

interface ClientClass {
  getAttributeTypeMap(): { baseName: string; type: string }[];
}

const CLASSES = new Map<string, ClientClass>(
  Object.entries(client).flatMap(([name, value]) => (isClientClass(value) ? [[name, value] as const] : [])),
);

function isClientClass(value: unknown): value is ClientClass {
  return typeof value === 'function' && 'getAttributeTypeMap' in value;
}

/**
 * Fields of the document that the API server does not know: it would refuse them, or drop them without a word. By the types of the
 * official client.
 */
export function unknownFields(manifest: Manifest): string[] {
  const version = manifest.apiVersion.split('/').at(-1) ?? '';
  const className = `${version.charAt(0).toUpperCase()}${version.slice(1)}${manifest.kind}`;
  if (!CLASSES.has(className)) return [`${manifest.apiVersion} ${manifest.kind} is no kind`];
  return unknownIn(manifest, className, manifest.kind);
}

function unknownIn(value: unknown, typeName: string, path: string): string[] {
  if (Array.isArray(value)) {
    const [, element = typeName] = /^Array<(.+)>$/.exec(typeName) ?? [];
    return value.flatMap((item, position) => unknownIn(item, element, `${path}[${position}]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const [, ofMap] = /^\{ \[key: string\]: (.+); \}$/.exec(typeName) ?? [];
  const type = CLASSES.get(typeName);
  if (ofMap === undefined && type === undefined) return [];
  const known = new Map(type?.getAttributeTypeMap().map((field) => [field.baseName, field.type]));
  return Object.entries(value).flatMap(([name, inside]) => {
    const inner = ofMap ?? known.get(name);
    return inner === undefined ? [`${path}.${name} is no field`] : unknownIn(inside, inner, `${path}.${name}`);
  });
}

interface Model {
  validate(): void;
}

/** Those that we use; another is added when it is. */
const GROUPS: Readonly<Record<string, object>> = {
  v1: core,
  'apps/v1': apps,
  'autoscaling/v2': autoscaling,
  'batch/v1': batch,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
};

/** What is wrong with the types of the document's fields, by the API server's own schemas; null when nothing is. */
export function wrongTypes(manifest: Manifest): string | null {
  const { apiVersion, kind } = manifest;
  const group = GROUPS[apiVersion];
  const Kind = group && (Reflect.get(group, kind) as (new (data: Manifest) => Model) | undefined);
  if (Kind === undefined) return `${apiVersion} ${kind} is no kind`;
  try {
    new Kind(manifest).validate();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
