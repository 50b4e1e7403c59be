/**
 * What, between two OpenAPI documents of ours, breaks a client that was written for the first.
 *
 * Our own because what npm offers does not read OpenAPI 3.1 (`openapi-diff` stops at 3.0) or is a program for another platform.
 * It knows what our documents use: objects, arrays, enums, references, `anyOf` with null.
 */
export interface Contract {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Schema;
}

export interface Schema {
  $ref?: string;
  /** Several: a value of any of them, as `anyOf` would say. */
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
}

/** Which way a value goes: what we answer may say no less, what we take may ask no more. */
type Direction = 'response' | 'request';

interface Comparison {
  before: Contract;
  after: Contract;
  direction: Direction;
  found: string[];
  /** References under way, so that a schema that holds itself is compared once. */
  open: ReadonlySet<string>;
}

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];

/** One sentence a breaking change, each naming the operation and the place; empty when clients go on working. */
export function findBreakingChanges(before: Contract, after: Contract): string[] {
  const found: string[] = [];
  for (const [path, operations] of Object.entries(before.paths ?? {})) {
    for (const method of METHODS) {
      const old = operations[method];
      if (old === undefined) continue;
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths?.[path]?.[method];
      if (now === undefined) found.push(`${name}: removed`);
      else compareOperations(name, { before, after }, old, now, found);
    }
  }
  return found;
}

function compareOperations(
  name: string,
  documents: { before: Contract; after: Contract },
  old: Operation,
  now: Operation,
  found: string[],
): void {
  const open: ReadonlySet<string> = new Set();
  const requests: Comparison = { ...documents, direction: 'request', found, open };
  const responses: Comparison = { ...documents, direction: 'response', found, open };
  compareParameters(name, requests, old.parameters ?? [], now.parameters ?? []);
  if (now.requestBody?.required === true && old.requestBody?.required !== true)
    found.push(`${name}: body now required`);
  compareContents(`${name} body`, requests, old.requestBody?.content, now.requestBody?.content);
  for (const [status, response] of Object.entries(old.responses ?? {})) {
    const next = now.responses?.[status];
    if (next === undefined) found.push(`${name} ${status}: outcome removed`);
    else compareContents(`${name} ${status}`, responses, response.content, next.content);
  }
}

function compareParameters(
  name: string,
  comparison: Comparison,
  old: readonly Parameter[],
  now: readonly Parameter[],
): void {
  const same = (one: Parameter) => (other: Parameter) => one.name === other.name && one.in === other.in;
  for (const parameter of old) {
    const next = now.find(same(parameter));
    const where = `${name} parameter ${parameter.name}`;
    // What is not known is refused, so that a client that still sends it fails.
    if (next === undefined) comparison.found.push(`${where}: removed`);
    else compareSchemas(where, comparison, parameter.schema, next.schema);
  }
  for (const parameter of now) {
    const before = old.find(same(parameter));
    if (parameter.required === true && before?.required !== true) {
      comparison.found.push(`${name} parameter ${parameter.name}: now required`);
    }
  }
}

function compareContents(
  where: string,
  comparison: Comparison,
  old: Record<string, { schema?: Schema }> = {},
  now: Record<string, { schema?: Schema }> = {},
): void {
  for (const [type, { schema }] of Object.entries(old)) {
    const next = now[type];
    if (next === undefined) comparison.found.push(`${where}: ${type} removed`);
    else compareSchemas(where, comparison, schema, next.schema);
  }
}

function compareSchemas(where: string, comparison: Comparison, old?: Schema, now?: Schema): void {
  if (old === undefined || now === undefined) return;
  const key = `${old.$ref ?? ''} ${now.$ref ?? ''}`;
  if (old.$ref !== undefined && comparison.open.has(key)) return;
  const inside = { ...comparison, open: new Set([...comparison.open, key]) };
  const [before, after] = [alternatives(comparison.before, old), alternatives(comparison.after, now)];
  const { found, direction } = comparison;
  const nullable = (schemas: readonly Schema[]): boolean => schemas.some(({ type }) => type === 'null');
  if (direction === 'response' && nullable(after) && !nullable(before)) found.push(`${where}: may now be null`);
  if (direction === 'request' && nullable(before) && !nullable(after)) found.push(`${where}: may no longer be null`);
  const [one] = before.filter(({ type }) => type !== 'null');
  const [other] = after.filter(({ type }) => type !== 'null');
  if (one === undefined || other === undefined) return;
  if (one.type !== other.type) found.push(`${where}: ${one.type} became ${other.type}`);
  for (const value of one.enum ?? []) {
    if (other.enum !== undefined && !other.enum.includes(value)) found.push(`${where}: value ${value} removed`);
  }
  compareProperties(where, inside, one, other);
  compareSchemas(`${where}[]`, inside, one.items, other.items);
}

function compareProperties(where: string, comparison: Comparison, old: Schema, now: Schema): void {
  const { direction, found } = comparison;
  for (const [name, schema] of Object.entries(old.properties ?? {})) {
    const next = now.properties?.[name];
    if (next === undefined) found.push(`${where}.${name}: removed`);
    else compareSchemas(`${where}.${name}`, comparison, schema, next);
  }
  const required = direction === 'response' ? old.required : now.required;
  const still = new Set(direction === 'response' ? now.required : old.required);
  for (const name of required ?? []) {
    if (still.has(name)) continue;
    if (direction === 'request') found.push(`${where}.${name}: now required`);
    else if (now.properties?.[name] !== undefined) found.push(`${where}.${name}: may now be absent`);
  }
}

/** The schemas of which one holds, with references followed. */
function alternatives(contract: Contract, schema: Schema): Schema[] {
  if (schema.$ref !== undefined) {
    const target = contract.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
    return target === undefined ? [] : alternatives(contract, target);
  }
  const { type } = schema;
  if (Array.isArray(type)) return type.map((one) => ({ ...schema, type: one }));
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap((one) => alternatives(contract, one));
}
