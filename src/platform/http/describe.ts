import type { AppError } from '../errors/index.ts';
import { ENGLISH, FRENCH, translate } from '../i18n/index.ts';
import { httpErrors } from './errors.ts';
import { type ProblemBody, problemOf } from './problem.ts';

/** Stands for this server in examples, whatever server writes the document. */
const EXAMPLE_ORIGIN = 'https://robian.example';
const EXAMPLE_REQUEST_ID = '0f9c1a52-6f0e-4d8a-9d6b-1b7c2f3e4a5d';

/** One outcome of an operation that is an error, as a route's schema takes it: what it means, and how it reads. */
export interface ProblemResponse {
  description: string;
  content: {
    'application/problem+json': {
      schema: { $ref: string };
      examples: Record<string, { summary: string; value: ProblemBody }>;
    };
  };
}

/** Describes the outcome in which any of these errors, which share a status, is answered. */
export function problemResponse(...errors: readonly [AppError, ...AppError[]]): ProblemResponse {
  const summaries = errors.map(({ definition }) => `${definition.title.fr} / ${definition.title.en}`);
  const examples = errors.map((error, position) => {
    const value = problemOf(error, FRENCH, EXAMPLE_REQUEST_ID, EXAMPLE_ORIGIN);
    return [error.code, { summary: summaries[position] ?? '', value }] as const;
  });
  return {
    description: errors
      .map(({ definition, params }) =>
        [translate(definition.detail, FRENCH, params), translate(definition.detail, ENGLISH, params)].join(' / '),
      )
      .join('\n\n'),
    content: {
      'application/problem+json': { schema: { $ref: 'Problem#' }, examples: Object.fromEntries(examples) },
    },
  };
}

export const invalidRequest = problemResponse(
  httpErrors.error('invalid-request', { fields: [{ field: 'query.x', message: 'inconnu' }] }),
);

/** What a list answers to parameters it refuses. */
export const invalidListRequest = problemResponse(
  httpErrors.error('invalid-request', { fields: [{ field: 'query.per_page', message: 'au plus 100' }] }),
  httpErrors.error('invalid-cursor'),
);

/** An outcome that is a text of this type, and how it begins. */
export function textResponse(description: string, type: string, example: string) {
  return { description, content: { [type]: { schema: { type: 'string' }, example } } };
}

interface Schema {
  $ref?: string;
  type?: string;
  items?: Schema;
  examples?: unknown[];
}
interface MediaType {
  schema?: Schema;
  example?: unknown;
  examples?: unknown;
}
interface Operation {
  responses?: Record<string, { description?: string; content?: Record<string, MediaType> }>;
}
interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** What the library writes where a schema says nothing of an outcome. */
const UNDESCRIBED = 'Default Response';
const MEANINGS: Readonly<Record<string, string>> = {
  200: 'La réponse / The answer',
  201: 'Créé / Created',
  503: 'Indisponible / Unavailable',
};

/**
 * Says what outcomes mean that say nothing themselves, and shows the example of a schema in each outcome that answers with
 * it, alone or in a list.
 */
export function withExamples<Given extends object>(document: Given): Given {
  const { paths = {}, components } = document as Document;
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      const { content = {} } = response;
      if (response.description === UNDESCRIBED) response.description = MEANINGS[status] ?? UNDESCRIBED;
      for (const media of Object.values(content)) {
        if (media.example !== undefined || media.examples !== undefined) continue;
        const example = exampleOf(media.schema, components?.schemas ?? {});
        if (example !== undefined) media.example = example;
      }
    }
  }
  return document;
}

function exampleOf(schema: Schema | undefined, components: Record<string, Schema>): unknown {
  if (schema?.$ref !== undefined) return exampleOf(components[schema.$ref.split('/').at(-1) ?? ''], components);
  if (schema?.type !== 'array') return schema?.examples?.[0];
  const item = exampleOf(schema.items, components);
  return item === undefined ? undefined : [item];
}
