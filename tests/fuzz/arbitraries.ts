import fc, { type Arbitrary } from 'fast-check';

/** As much of JSON Schema as the contract uses. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
}

export interface Context {
  components: Readonly<Record<string, Schema>>;
  /** Values that exist, by the name of the parameter or field they are for; asked at each use. */
  known: Readonly<Record<string, () => readonly string[]>>;
}

/** Lists as long as the contract allows would say nothing more than these. */
const MAX_ITEMS = 5;
const MAX_TEXT = 120;

/** Values that the schema allows, and where something of that name exists, often one that exists. */
export function valid(schema: Schema, context: Context, name = ''): Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    return valid(context.components[schema.$ref.split('/').at(-1) ?? ''] ?? {}, context, name);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valid(one, context, name)));
  switch (schema.type) {
    case 'object':
      return validObject(schema, context);
    case 'array':
      return fc.array(valid(schema.items ?? {}, context, name), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? MAX_ITEMS, Math.max(MAX_ITEMS, schema.minItems ?? 0)),
      });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -(2 ** 31), max: schema.maximum ?? 2 ** 31 - 1 });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return knownOr(validText(schema), context, name);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function validObject({ properties = {}, required = [] }: Schema, context: Context): Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => [name, valid(schema, context, name)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
}

function knownOr(invented: Arbitrary<string>, { known }: Context, name: string): Arbitrary<string> {
  const existing = known[name];
  if (existing === undefined) return invented;
  const picked = fc.nat().map((position) => {
    const values = existing();
    return values[position % Math.max(1, values.length)] ?? 'none';
  });
  return fc.oneof({ weight: 3, arbitrary: picked }, { weight: 1, arbitrary: invented });
}

function validText({ format, pattern, minLength = 0, maxLength = MAX_TEXT }: Schema): Arbitrary<string> {
  const fits = (text: string): boolean => [...text].length >= minLength && [...text].length <= maxLength;
  // Years that PostgreSQL and JavaScript both know.
  const dates = fc.date({ min: new Date('1000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });
  if (format === 'date-time') return dates.map((date) => date.toISOString());
  if (format === 'date') return dates.map((date) => date.toISOString().slice(0, 10));
  if (format === 'email') return fc.emailAddress();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(fits);
  const bounds = { minLength, maxLength: Math.min(maxLength, Math.max(MAX_TEXT, minLength)) };
  return fc.oneof(fc.string(bounds), fc.string({ ...bounds, unit: 'grapheme' }).filter(fits));
}

const HOSTILE_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\ufeff',
  '\u202e',
  '💥'.repeat(60),
  'é'.repeat(5_000),
  "' OR 1=1 --",
  '"; drop table debates; --',
  '\\',
  '%',
  '%%%_',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%ff%fe',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what an injection looks like
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\r\nset-cookie: a=b',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  '__proto__',
  'constructor',
  'toString',
  '-0',
  '-1',
  '0x10',
  '1e309',
  'NaN',
  'Infinity',
  '9007199254740993',
  '9'.repeat(400),
  '2147483648',
  '2026-02-30',
  '0000-00-00',
  '+275760-09-13T00:00:00.001Z',
  '-000001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999+14:00',
  '"unfinished phrase',
  '-',
  '- - -',
  '*:*',
  "l'",
  '& | ! ( ) :*',
  'RUANR5L17S2027IDS99001',
];

export const hostileText = (): Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...HOSTILE_TEXTS),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ maxLength: 50 }),
  );

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Anything that JSON can say, where something else was expected. */
export const hostileValue = (): Arbitrary<unknown> =>
  fc.oneof(
    hostileText(),
    fc.jsonValue(),
    fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e300, 2 ** 53, [], {}, [[]], nested(200)),
    fc.array(hostileText(), { maxLength: 300 }),
    fc.dictionary(hostileText(), fc.jsonValue(), { maxKeys: 5 }),
  );

/** A body that is nearly right: one field is replaced, left out, or added. */
export function nearlyValid(schema: Schema, context: Context): Arbitrary<unknown> {
  const spoil = fc.tuple(
    valid(schema, context),
    fc.nat(),
    hostileText(),
    hostileValue(),
    fc.constantFrom('set', 'drop', 'add'),
  );
  return spoil.map(([body, position, added, value, how]) => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) return value;
    const names = Object.keys(body);
    const name = how === 'add' ? added : (names[position % Math.max(1, names.length)] ?? added);
    const entries = Object.entries(body).filter(([key]) => key !== name);
    return Object.fromEntries(how === 'drop' ? entries : [...entries, [name, value]]);
  });
}
