/** `docs/API.md`: the contract, for people. French first, as everywhere listeners read. */
export interface ApiDocument {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { description?: string; content?: Record<string, MediaType> }>;
  'x-rate-limit'?: { name: string; requests: number; window_seconds: number } | null;
  'x-idempotent'?: boolean;
  'x-scope'?: string | null;
  'x-role'?: string;
}

interface MediaType {
  schema?: Schema;
  examples?: Record<string, unknown>;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  examples?: unknown[];
}

type Named = readonly [address: string, operation: Operation];
const PROBLEM = 'application/problem+json';

export function renderApiPage(document: ApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Named => [`${method.toUpperCase()} ${path}`, operation]),
  );
  const groups = [...Map.groupBy(operations, ([, { tags = [] }]) => tags[0] ?? 'other')];
  const schemas = Object.entries(document.components?.schemas ?? {});
  const blocks = [
    '# L’API / The API',
    'Écrit depuis [le contrat](../contracts/openapi.json) par `npm run documents`. / Written from [the contract](../contracts/openapi.json) by `npm run documents`.',
    '`/api/v1/x` est la même opération que `/api/x`. Les erreurs sont en `application/problem+json` ; chaque code a [sa page](errors/README.md). / `/api/v1/x` is the same operation as `/api/x`. Errors are `application/problem+json`; each code has [its page](errors/README.md).',
    ...groups.map(([tag, named]) => `- **${tag}** : ${named.map(([address]) => linkTo(address)).join(' · ')}`),
    ...groups.flatMap(([tag, named]) => [`## ${tag}`, ...named.flatMap(operationBlocks)]),
    '## Schémas / Schemas',
    ...schemas.flatMap(([name, schema]) => schemaBlocks(name, schema)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function operationBlocks([address, operation]: Named): string[] {
  const { summary = '', description = '', parameters = [], requestBody, responses = {} } = operation;
  const body = Object.values(requestBody?.content ?? {})[0]?.schema;
  const outcomes = Object.entries(responses).map(([status, response]) => [status, ...outcomeCells(response)]);
  return [
    `### ${address}`,
    `**${cell(summary)}**`,
    ...halves(description),
    promisesOf(operation),
    ...table(
      ['Paramètre / Parameter', '', 'Type', ''],
      parameters.map((one) => [
        `\`${one.name}\``,
        one.in === 'path' || one.required ? `${one.in}, obligatoire / required` : one.in,
        typeOf(one.schema ?? {}),
        cell(one.description ?? one.schema?.description ?? ''),
      ]),
    ),
    ...(body === undefined ? [] : ['Corps / Body:', ...fieldsOf(body)]),
    ...table(['Réponse / Answer', '', ''], outcomes),
  ];
}

/** How often, whether twice is once, and with which token. */
function promisesOf(operation: Operation): string {
  const { 'x-rate-limit': budget, 'x-idempotent': idempotent, 'x-scope': scope, 'x-role': role } = operation;
  const token = scope ? `jeton de portée / token with scope \`${scope}\`` : 'sans jeton / without a token';
  return [
    budget ? `${budget.requests} en / in ${budget.window_seconds} s (\`${budget.name}\`)` : 'non compté / not counted',
    idempotent ? 'idempotent' : 'non idempotent / not idempotent',
    role ? `${token}, rôle / role \`${role}\`` : token,
  ].join(' · ');
}

function outcomeCells({
  description = '',
  content = {},
}: {
  description?: string;
  content?: Record<string, MediaType>;
}) {
  const codes = Object.keys(content[PROBLEM]?.examples ?? {});
  if (codes.length > 0) return [codes.map((code) => `[\`${code}\`](errors/${code}.md)`).join(', '), ''];
  const types = Object.entries(content).map(([type, { schema }]) => `\`${type}\` ${typeOf(schema ?? {})}`);
  return [types.join(', '), cell(description)];
}

function schemaBlocks(name: string, schema: Schema): string[] {
  const example = schema.examples?.[0];
  return [
    `### ${name}`,
    ...fieldsOf(schema),
    ...(example === undefined ? [] : [`\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``]),
  ];
}

function fieldsOf(schema: Schema): string[] {
  const whole = schema.anyOf?.find(({ type }) => type === 'object') ?? schema;
  if (whole.properties === undefined) return [typeOf(whole)];
  const required = new Set(whole.required);
  const rows = Object.entries(whole.properties).map(([name, field]) => [
    `\`${name}\``,
    required.has(name) ? '' : 'facultatif / optional',
    typeOf(field),
    cell(field.description ?? ''),
  ]);
  return table(['Champ / Field', '', 'Type', ''], rows);
}

/** A type in one line, with what bounds it; objects without a name are shown by their fields. */
function typeOf(schema: Schema): string {
  const { $ref, anyOf, items, properties } = schema;
  if ($ref !== undefined) return linkTo($ref.split('/').at(-1) ?? '');
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' \\| ');
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(' \\| ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (items !== undefined) return `[${typeOf(items)}]${boundsOf(schema)}`;
  if (properties !== undefined)
    return `{ ${Object.keys(properties)
      .map((name) => `\`${name}\``)
      .join(', ')} }`;
  const names = [schema.type ?? 'any'].flat().join(' \\| ');
  return `${names}${schema.format === undefined ? '' : ` (${schema.format})`}${boundsOf(schema)}`;
}

function boundsOf({ minimum, maximum, maxLength, maxItems, default: preset }: Schema): string {
  const parts = [
    ...(minimum === undefined ? [] : [`≥ ${minimum}`]),
    ...(maximum === undefined ? [] : [`≤ ${maximum}`]),
    ...(maxLength === undefined ? [] : [`≤ ${maxLength} car. / chars`]),
    ...(maxItems === undefined ? [] : [`≤ ${maxItems}`]),
    ...(preset === undefined ? [] : [`= ${JSON.stringify(preset)}`]),
  ];
  return parts.length === 0 ? '' : ` ${parts.join(', ')}`;
}

/** French and English stand on both sides of a slash between spaces. */
function halves(text: string): string[] {
  const parts = text.split(' / ');
  const middle = parts.length / 2;
  if (!Number.isInteger(middle)) return [cell(text)];
  return [
    cell(parts.slice(0, middle).join(' / ')),
    `*${cell(parts.slice(middle).join(' / ')).replaceAll('*', '\\*')}*`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [lines.join('\n')];
}

/** As GitHub names the anchor of a heading. */
function linkTo(heading: string): string {
  const anchor = heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
  return `[${heading.includes(' ') ? `\`${heading}\`` : heading}](#${anchor})`;
}

function cell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
