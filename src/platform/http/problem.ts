import { Type } from 'typebox';
import type { AppError } from '../errors/index.ts';
import { type Language, translate } from '../i18n/index.ts';

/** RFC 9457 problem details, with a stable `code` to branch on. */
export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri', description: 'Page that explains this error' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String({ description: 'Id of the request, also in X-Request-Id' }),
    code: Type.String({ description: 'Stable, room/reason' }),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  },
  { $id: 'Problem' },
);

export type ProblemBody = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: readonly { field: string; message: string }[];
};

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** What a client is told of an error; nothing of its cause, which stays in our log. */
export function problemOf(error: AppError, language: Language, instance: string, publicUrl: string): ProblemBody {
  return {
    type: `${publicUrl}/docs/errors/${error.code}`,
    title: translate(error.definition.title, language, error.params),
    status: error.definition.status,
    detail: translate(error.definition.detail, language, error.params),
    instance,
    code: error.code,
    ...(error.fields.length > 0 ? { errors: error.fields } : {}),
  };
}
