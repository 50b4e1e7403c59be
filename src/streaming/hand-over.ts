import { type ObjectKey, objectPath } from '../vault/index.ts';
import type { AnswerPlan, ConditionalHeaders } from './plan-answer.ts';

/** The address under which the proxy in front finds the bytes, for it alone; null: we send them ourselves. */
export type HandOver = (key: ObjectKey, headers: ConditionalHeaders, plan: Pick<AnswerPlan, 'status'>) => string | null;

/**
 * Answers under `prefix` (`/word`, without a slash at its end) by X-Accel-Redirect, as nginx knows it
 * (nginx.org/en/docs/http/ngx_http_core_module.html#internal). The proxy judges the range once more, by the ETag that we give it:
 * what it would judge otherwise than we did stays here. It reads If-Match before it has that ETag, and takes for an error a
 * range that RFC 9110 §14.2 lets us ignore.
 */
export function createHandOver(prefix: string | undefined): HandOver | undefined {
  if (prefix === undefined) return undefined;
  return (key, headers, plan) => {
    const judged = headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined;
    const ignored = headers.range !== undefined && plan.status === 200;
    return judged || ignored ? null : `${prefix}/${objectPath(key)}`;
  };
}
