import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type onResponseHookHandler,
} from 'fastify';
import { AppError } from '../errors/index.ts';
import { createLanguages, type Language, type Languages, spokenIn } from '../i18n/index.ts';
import { bytesSince, createRequestLog, type Logger, type RequestLine } from '../telemetry/index.ts';
import { addVary, conditionalAnswer } from './answers.ts';
import { withExamples } from './describe.ts';
import { findEndless } from './endless-numbers.ts';
import { httpErrors } from './errors.ts';
import { fieldMessage, type Refusal } from './field-messages.ts';
import { describeOperation } from './operation.ts';
import { PROBLEM_TYPE, Problem, problemOf } from './problem.ts';
import { createReception, type Reception, type ReceptionOptions } from './reception.ts';
import type { RequestObserver } from './request-observer.ts';
import type { RouteConfig } from './route-config.ts';
import { createShortcuts, type ShortAnswer, type Shortcut, type Shortcuts } from './shortcuts.ts';

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

export interface HttpServerOptions extends ReceptionOptions {
  logger: Logger;
  /** Addresses of proxies whose X-Forwarded-* are believed; false: none. */
  trustProxy: false | string;
  version: string;
  /** Absent: French and English. */
  languages?: Languages;
  /** Absent: nobody counts. */
  observer?: RequestObserver | undefined;
  /** What the log says instead of an account's id; absent: nothing. */
  markOf?: (accountId: string) => string;
}

/** The largest JSON a client has reason to send; import and batches of positions stay below. */
const BODY_LIMIT_BYTES = 256 * 1024;
/** A whole request (headers and body) must be here by then: 256 kB at 10 kB/s. Slower clients hold sockets, in ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Headers fit in one packet; who sends them a byte at a time only wants to hold the socket, in ms. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that are overdue; its own 30 s would make four times of the wait above, in ms. */
const OVERDUE_CHECK_MS = 2_000;
/** A connection on which nothing moves, such as of a player that was paused: it asks for the rest by range, in ms. */
const SILENCE_TIMEOUT_MS = 120_000;
/** Longer than the 60 s after which common proxies close idle connections, so that it is they who close, in ms. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_PARAM_LENGTH = 300;
/** What any address may take; others that Node reads (there are forty) are nobody's. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** The HTTP application with what every operation shares: ids, errors, languages, conditional answers, log line, OpenAPI. */
export async function createHttpServer(options: HttpServerOptions): Promise<App> {
  const reception = createReception(options);
  const languages = options.languages ?? createLanguages();
  const answerProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = asAppError(error, request.language);
    options.observer?.refused(known.code);
    return sendProblem(known, request, reply, options.publicUrl, error);
  };
  const notes = createNotes(options, reception);
  const shortcuts = createShortcuts({
    requestIdOf,
    always: reception.always,
    ownLines: reception.ownLines,
    observer: options.observer,
    note: notes.short,
    onError: (error) => options.logger.error({ err: error }, 'an answer from memory failed'),
  });
  const app: App = Fastify({
    serverFactory: shortcuts.serverFactory,
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: requestIdOf,
    trustProxy: options.trustProxy,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SILENCE_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: OVERDUE_CHECK_MS },
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    // Unknown fields are refused, never dropped; every wrong field is named.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', useDefaults: true, allErrors: true } },
    // v1 is the current version, and /api follows the current version: one operation, two addresses.
    // An address that cannot be read comes to no route, and so to no hook.
    frameworkErrors: (error, request, reply) => {
      const headers = reception.headersOf(request.raw, request.id);
      for (let at = 0; at < headers.length; at += 2) reply.header(headers[at] as 'etag', headers[at + 1]);
      const language = languages.negotiate(request.headers['accept-language']);
      answerProblem(error, Object.assign(request, { language }), reply);
    },
    rewriteUrl: ({ url = '/' }) => (url.startsWith('/api/v1') ? url.replace(/^\/api\/v1(?=\/|\?|$)/, '/api') : url),
  }).withTypeProvider<TypeBoxTypeProvider>();

  const parseJson = app.getDefaultJsonParser('error', 'error');
  // Clients that name JSON with every POST, and send nothing, send nothing.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parseJson(request, String(body), done);
  });
  app.addSchema(Problem);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'RobianAPI',
        version: options.version,
        description: 'Listen to the French Assemblée nationale. / Écouter l’Assemblée nationale.',
        license: { name: 'GPL-3.0-or-later', url: 'https://www.gnu.org/licenses/gpl-3.0.html' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          operator: { type: 'http', scheme: 'bearer', description: 'ADMIN_TOKEN' },
          account: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'POST /api/auth/device' },
        },
      },
    },
    transformObject: (documents) =>
      'openapiObject' in documents ? withExamples(documents.openapiObject) : documents.swaggerObject,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`) },
  });

  shortcuts.add(reception.answerAtOnce);
  shortcutsOf.set(app, shortcuts.add);
  app.addHook('preClose', async () => shortcuts.close());
  app.decorateRequest('language', {
    getter() {
      return languages.negotiate(this.headers['accept-language']);
    },
  });

  app.addHook('onRoute', (route) => {
    const { config = {}, onRequest = [] } = route;
    route.schema = describeOperation(route, reception.policyOf(config));
    route.onRequest = [reception.forRoute(config), ...[onRequest].flat()];
    if (config.onShown) route.onResponse = [tellShown(config.onShown), ...[route.onResponse ?? []].flat()];
    if (config.cache?.byBody) {
      route.preHandler = [reception.forBody(config), ...[route.preHandler ?? []].flat()];
    }
  });
  app.addHook('onSend', conditionalAnswer);
  app.addHook('onResponse', notes.whole);

  app.addHook('preHandler', async ({ query, body }) => {
    for (const [part, value] of Object.entries({ query, body })) {
      const path = findEndless(value);
      if (path) {
        const field = [part, ...path].join('.');
        throw httpErrors.error('invalid-request', { fields: [{ field, message: 'Infinity' }] });
      }
    }
  });

  app.setErrorHandler(answerProblem);
  app.setNotFoundHandler({ preHandler: reception.forNoRoute }, (request, reply) => {
    const allowed = METHODS.filter(
      (method) => app.findRoute({ method, url: request.url.split('?')[0] ?? '/' }) !== null,
    );
    if (allowed.length === 0) throw httpErrors.error('not-found');
    reply.header('allow', allowed.join(', '));
    throw httpErrors.error('method-not-allowed');
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  return app;
}

const shortcutsOf = new WeakMap<App, Shortcuts['add']>();

/** Lets a room answer some requests before the framework meets them: no limit counts them. */
export function addShortcut(app: App, shortcut: Shortcut): void {
  shortcutsOf.get(app)?.(shortcut);
}

/** One line a request, of those too that the framework never met; every one is counted. */
function createNotes(
  { logger, observer, markOf }: Pick<HttpServerOptions, 'logger' | 'observer' | 'markOf'>,
  reception: Pick<Reception, 'accountOf'>,
): { whole: onResponseHookHandler; short: (answer: ShortAnswer) => void } {
  const write = createRequestLog(logger);
  // Whoever wants no lines does not pay for them.
  const isOn = (): boolean => logger.isLevelEnabled('info');
  const line = (elapsedMs: number, rest: Omit<RequestLine, 'durationMs'>): void =>
    write({ ...rest, durationMs: Math.round(elapsedMs * 10) / 10 });
  return {
    whole: (request, reply, done) => {
      const { url: route = 'none' } = request.routeOptions;
      const { method, id: requestId, raw } = request;
      const status = reply.statusCode;
      const elapsedMs = reply.elapsedTime;
      if (isOn()) {
        const accountId = reception.accountOf(request);
        const account = accountId === null ? null : (markOf?.(accountId) ?? null);
        line(elapsedMs, { requestId, method, route, status, bytes: bytesSince(raw.socket), account });
      }
      observer?.answered(METHODS.includes(method) ? method : 'other', route, status, elapsedMs / 1000);
      done();
    },
    short: ({ requestId, method, route, response, startedMs }) => {
      if (!isOn()) return;
      const bytes = bytesSince(response.req.socket);
      line(performance.now() - startedMs, {
        requestId,
        method,
        route,
        status: response.statusCode,
        bytes,
        account: null,
      });
    },
  };
}

/** For answers that the framework gave; those before it tell themselves. */
function tellShown(onShown: NonNullable<RouteConfig['onShown']>): onResponseHookHandler {
  return (request, reply, done) => {
    const shown = reply.statusCode === 200 || reply.statusCode === 304;
    if (shown && request.method === 'GET') onShown(request, request.params as Record<string, string>);
    done();
  };
}

/** 72 bits: no two processes will ever share them. */
const PROCESS_MARK_BYTES = 9;
const processMark = randomBytes(PROCESS_MARK_BYTES).toString('base64url');
let requests = 0;

/** The client's own, or one that no other request has: a number costs a hundredth of an answer less than twenty random pieces. */
function requestIdOf(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  if (typeof given === 'string' && REQUEST_ID.test(given)) return given;
  requests += 1;
  return `${processMark}.${requests}`;
}

function sendProblem(
  error: AppError,
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
  cause: unknown,
): FastifyReply {
  if (error.definition.status >= 500) request.log.error({ err: cause, code: error.code }, 'request failed');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(error.retryAfterSeconds)));
  if (error.definition.status === 401) reply.header('www-authenticate', 'Bearer');
  const { language } = request;
  addVary(reply, 'accept-language');
  return reply
    .status(error.definition.status)
    .header('content-type', PROBLEM_TYPE)
    .header('content-language', spokenIn(error.definition.detail, language).tag)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problemOf(error, language, request.id, publicUrl)));
}

interface FastifyFailure {
  code?: string;
  statusCode?: number;
  validation?: (Refusal & { instancePath: string })[];
  validationContext?: string;
}

/** What Fastify itself refuses, in our codes; anything else that was not foreseen is a defect and answers 500. */
function asAppError(error: unknown, language: Language): AppError {
  if (error instanceof AppError) return error;
  const failure = error as FastifyFailure;
  if (failure.validation) {
    const fields = failure.validation.map((one) => ({
      field: fieldOf(one, failure.validationContext),
      message: fieldMessage(one, language),
    }));
    return httpErrors.error('invalid-request', { fields });
  }
  if (failure.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return httpErrors.error('body-too-large');
  if (failure.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return httpErrors.error('unsupported-media-type');
  if (failure.statusCode !== undefined && failure.statusCode >= 400 && failure.statusCode < 500) {
    return httpErrors.error('not-acceptable', { cause: error });
  }
  if (failure.statusCode === 503) return httpErrors.error('unavailable', { cause: error, retryAfterSeconds: 1 });
  return httpErrors.error('internal', { cause: error });
}

function fieldOf(one: Refusal & { instancePath: string }, context: string | undefined): string {
  const named = one.params?.additionalProperty ?? one.params?.missingProperty;
  const path = one.instancePath.split('/').filter((part) => part !== '');
  if (typeof named === 'string') path.push(named);
  return [context === 'querystring' ? 'query' : (context ?? 'body'), ...path].join('.');
}
