import fc, { type Arbitrary } from 'fast-check';
import { type Context, hostileText, hostileValue, nearlyValid, type Schema, valid } from './arbitraries.ts';

export interface Parameter {
  in: 'query' | 'path' | 'header';
  name: string;
  required?: boolean;
  schema: Schema;
}

export interface Operation {
  parameters?: readonly Parameter[];
  requestBody?: { content: Readonly<Record<string, { schema: Schema }>> };
  responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: Schema }>> }>>;
}

/** One request, as it is sent. */
export interface Case {
  url: string;
  headers: Record<string, string>;
  payload: string | undefined;
}

const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'text/plain',
  'application/octet-stream',
  'nonsense',
];

/** What any client may send beside what the operation asks for. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: ['*/*', 'application/json', 'text/html', 'application/json+chapters', 'audio/mpeg', 'nonsense', ';q='],
  'accept-language': ['fr', 'en', 'de', '*', 'en;q=0', 'x'.repeat(500)],
  'accept-encoding': ['gzip', 'br', 'identity;q=0', 'zstd, gzip;q=nonsense'],
  'if-none-match': ['*', '"x"', 'W/"x"', '"'],
  'if-modified-since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'nonsense'],
  range: ['bytes=0-', 'bytes=5-2', 'bytes=-1', 'bytes=0-0,2-3', 'bytes=99999999999999999999-', 'lines=1-2', 'nonsense'],
  'if-range': ['"x"', 'nonsense'],
  origin: ['https://elsewhere.example', 'null'],
  'last-event-id': ['0', '-1', '99999999999999999999', 'nonsense'],
  'idempotency-key': ['12345678', 'x', 'x'.repeat(400)],
  'x-request-id': ['phone-42', 'a b', 'x'.repeat(400)],
  'x-forwarded-for': ['127.0.0.1', 'nonsense', '::1, 10.0.0.1'],
  host: ['robian.example', 'localhost', 'a b'],
};

/** Requests for one operation: half of them right, the others wrong in one place or in all. */
export function casesOf(
  path: string,
  operation: Operation,
  context: Context & { tokens: readonly string[] },
): Arbitrary<Case> {
  const part = (schema: Schema, name: string): Arbitrary<string> =>
    fc.oneof(
      { weight: 5, arbitrary: valid(schema, context, name).map(asText) },
      { weight: 1, arbitrary: hostileText() },
    );
  const parameters = operation.parameters ?? [];
  const pathParts = recordOf(
    parameters.filter((one) => one.in === 'path'),
    part,
    true,
  );
  const query = recordOf(
    parameters.filter((one) => one.in === 'query'),
    part,
    false,
  );
  const stray = fc.option(fc.tuple(hostileText(), hostileText()), { freq: 8 });
  return fc
    .record({ pathParts, query, stray, headers: headersOf(context.tokens), body: bodyOf(operation, context) })
    .map(({ pathParts: parts, query: asked, stray: added, headers, body }) => {
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encode(parts[name] ?? 'none'));
      const pairs = [...Object.entries(asked), ...(added === null ? [] : [added])];
      const search = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
      return {
        url: search === '' ? filled : `${filled}?${search}`,
        headers: { ...headers, ...(body === null ? {} : { 'content-type': body.type }) },
        payload: body?.text,
      };
    });
}

function recordOf(
  parameters: readonly Parameter[],
  part: (schema: Schema, name: string) => Arbitrary<string>,
  all: boolean,
): Arbitrary<Record<string, string>> {
  const model = Object.fromEntries(parameters.map(({ name, schema }) => [name, part(schema, name)]));
  const requiredKeys = parameters.filter(({ required }) => all || required === true).map(({ name }) => name);
  return fc.record(model, { requiredKeys }) as Arbitrary<Record<string, string>>;
}

function headersOf(tokens: readonly string[]): Arbitrary<Record<string, string>> {
  const some = Object.fromEntries(Object.entries(HEADERS).map(([name, values]) => [name, fc.constantFrom(...values)]));
  const extra = fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.record(some, { requiredKeys: [] }) },
  );
  const who = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...tokens.map((token) => `Bearer ${token}`)) },
    { weight: 1, arbitrary: fc.constantFrom('', 'Bearer', 'Bearer x.y.z', 'Basic eDp5', 'x'.repeat(3_000)) },
  );
  return fc.tuple(extra, who).map(([headers, authorization]) => ({
    ...(headers as Record<string, string>),
    ...(authorization === '' ? {} : { authorization }),
  }));
}

function bodyOf(operation: Operation, context: Context): Arbitrary<{ type: string; text: string } | null> {
  const schema = operation.requestBody?.content['application/json']?.schema;
  const json = (value: unknown): { type: string; text: string } => ({
    type: 'application/json',
    text: JSON.stringify(value) ?? '',
  });
  const odd = fc
    .record({ type: fc.constantFrom(...CONTENT_TYPES), value: hostileValue(), cut: fc.nat({ max: 12 }) })
    .map(({ type, value, cut }) => ({ type, text: (JSON.stringify(value) ?? '').slice(cut) }));
  const broken = fc
    .constantFrom(
      '',
      '{',
      '{"a":1,"a":2}',
      '{"__proto__":{"x":1}}',
      '{"constructor":{"prototype":{}}}',
      '\ufeff{}',
      'nul',
      '"',
      '[1,]',
      `"${'x'.repeat(300_000)}"`,
    )
    .map((text) => ({ type: 'application/json', text }));
  if (schema === undefined)
    return fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: odd }, broken);
  return fc.oneof(
    { weight: 5, arbitrary: valid(schema, context).map(json) },
    { weight: 3, arbitrary: nearlyValid(schema, context).map(json) },
    { weight: 1, arbitrary: hostileValue().map(json) },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: broken },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.map(String).join(',') : String(value);
}

/** Half a character cannot stand in an address; and what was escaped already is left as it is, to be read once too often. */
function encode(text: string): string {
  if (/^(%[0-9a-f]{2}|\.|[a-z%])+$/i.test(text) && text.includes('%')) return text;
  // A segment that is empty, a dot or two would make it the address of another operation.
  return encodeURIComponent(text.toWellFormed()).replace(/^\.{0,2}$/, '_');
}
