import createFetchClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.ts';

type Schemas = components['schemas'];
export type Debate = Schemas['Debate'];
export type ExtractionStatus = Schemas['ExtractionStatus'];
/** What every error answer says (RFC 9457), with a stable `code`. */
export type Problem = Schemas['Problem'];

/** Every operation by its address, with the types of what it takes and answers: `client.GET('/api/debates', …)`. */
export type RobianClient = Client<paths>;

export interface RobianClientOptions {
  /** Where the API is, such as `https://robian.example`. */
  baseUrl: string;
  /** Asked before each request, so that a token that was renewed is used at once; null: without one. */
  token?: () => string | null;
  /** Of texts for people, as `Accept-Language`; absent: French. */
  language?: string;
  /** Instead of the platform's own. */
  fetch?: (request: Request) => Promise<Response>;
}

export function createRobianClient(options: RobianClientOptions): RobianClient {
  const { baseUrl, token, language, fetch } = options;
  const client = createFetchClient<paths>({ baseUrl, ...(fetch ? { fetch } : {}) });
  client.use({
    onRequest: ({ request }) => {
      const held = token?.() ?? null;
      if (held !== null && !request.headers.has('authorization'))
        request.headers.set('authorization', `Bearer ${held}`);
      if (language !== undefined && !request.headers.has('accept-language')) {
        request.headers.set('accept-language', language);
      }
    },
  });
  return client;
}

/** An answer that is an error. */
export class RobianError extends Error {
  readonly status: number;
  /** Null when it did not come from the API: a proxy's page, say. */
  readonly problem: Problem | null;

  constructor(status: number, problem: Problem | null) {
    super(problem ? `${problem.code}: ${problem.detail}` : `HTTP ${status}`);
    this.name = 'RobianError';
    this.status = status;
    this.problem = problem;
  }
}

/**
 * What an operation answered: `await answerOf(client.GET('/api/debates'))`.
 * @throws RobianError when it answered an error
 */
export async function answerOf<Data>(
  asked: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw new RobianError(response.status, isProblem(error) ? error : null);
  return data as Exclude<Data, undefined>;
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error && 'detail' in error;
}
