import { Type } from 'typebox';
import type { AppError } from '../errors/index.ts';
import { translate } from '../i18n/index.ts';
import { httpErrors } from './errors.ts';
import { problemOf } from './problem.ts';

/** How an operation's document says that it may answer these errors (all of one status), with an example of each. */
export function refusal(...errors: readonly [AppError, ...AppError[]]) {
  const sentences = errors.map(
    (error) =>
      `\`${error.code}\`: ${translate(error.definition.title, 'fr', error.params)} / ${translate(error.definition.title, 'en', error.params)}`,
  );
  const examples = errors.map((error) => [
    error.code,
    { value: problemOf(error, 'fr', '6f1c2d0e-6f3b-4d53-9a55-0f4f7a3f7c1e', 'https://robian.example') },
  ]);
  return {
    description: sentences.join('\n\n'),
    content: {
      'application/problem+json': { schema: Type.Ref('Problem'), examples: Object.fromEntries(examples) },
    },
  };
}

/** Of every operation that takes a body or parameters. */
export const invalidRequest = refusal(
  httpErrors.error('invalid-request', { fields: [{ field: 'body.name', message: 'must be string' }] }),
);
