import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Clock } from '../platform/clock/index.ts';
import { type App, invalidRequest, problemResponse } from '../platform/http/index.ts';
import type { Accounts } from './accounts.ts';
import { accountsErrors } from './errors.ts';
import { registerKeyRoutes } from './key-routes.ts';
import { registerOwnAccountRoutes } from './own-account-routes.ts';
import { presentSignedIn } from './present.ts';
import {
  AccountSchema,
  ApiKeySchema,
  Jwks,
  KnownCredentials,
  NewApiKeySchema,
  NewCredentials,
  RefreshHeaders,
  RefreshRequest,
  SignedInSchema,
} from './schemas.ts';
import type { SignedIn } from './sign-in.ts';

/** RFC 7517 keys change every few months; clients that meet a new one ask again. */
const JWKS_MAX_AGE_SECONDS = 300;

/** RFC 6749 §5.1: what holds tokens is kept by no cache. */
function answerTokens(reply: FastifyReply, status: 200 | 201, signedIn: SignedIn) {
  return reply.status(status).header('cache-control', 'no-store').send(presentSignedIn(signedIn));
}

export function registerAccountsRoutes(app: App, options: { accounts: Accounts; clock: Clock }): void {
  const { accounts } = options;
  for (const schema of [AccountSchema, SignedInSchema, ApiKeySchema, NewApiKeySchema]) app.addSchema(schema);
  registerOwnAccountRoutes(app, options);
  registerKeyRoutes(app, accounts);

  app.post(
    '/api/auth/device',
    {
      config: { limit: 'auth', idempotent: false },
      schema: {
        tags: ['auth'],
        summary: 'Un compte pour cet appareil / An account for this device',
        description:
          'En un appel, sans formulaire. Non idempotent : chaque appel fait un compte. / In one call, without a form. Not idempotent: each call makes an account.',
        response: { 201: Type.Ref('SignedIn') },
      },
    },
    async (_request, reply) => answerTokens(reply, 201, await accounts.signInDevice()),
  );

  app.post(
    '/api/auth/register',
    {
      config: { limit: 'auth', idempotent: false },
      schema: {
        tags: ['auth'],
        summary: 'Un compte avec adresse et mot de passe / An account with e-mail and password',
        description:
          'Non idempotent. Un compte d’appareil se complète par POST /api/auth/upgrade. / Not idempotent. A device account is completed by POST /api/auth/upgrade.',
        body: NewCredentials,
        response: {
          201: Type.Ref('SignedIn'),
          400: invalidRequest,
          409: problemResponse(accountsErrors.error('email-taken')),
        },
      },
    },
    async (request, reply) => answerTokens(reply, 201, await accounts.register(request.body)),
  );

  app.post(
    '/api/auth/login',
    {
      config: { limit: 'auth', idempotent: false },
      schema: {
        tags: ['auth'],
        summary: 'Se connecter / Sign in',
        description: 'Ouvre une session de plus. / Opens one more session.',
        body: KnownCredentials,
        response: {
          200: Type.Ref('SignedIn'),
          400: invalidRequest,
          401: problemResponse(accountsErrors.error('invalid-credentials')),
        },
      },
    },
    async (request, reply) => answerTokens(reply, 200, await accounts.signIn(request.body)),
  );

  app.post(
    '/api/auth/refresh',
    {
      config: { limit: 'auth', idempotent: false },
      schema: {
        tags: ['auth'],
        summary: 'Renouveler les jetons / Renew the tokens',
        description:
          'Chaque jeton de renouvellement sert une fois ; présenté une seconde fois, il ferme la session. Avec le même en-tête Idempotency-Key, une réponse perdue peut être redemandée pendant un jour. / Each refresh token serves once; presented twice, it closes the session. With the same Idempotency-Key header a lost answer can be asked for again for a day.',
        body: RefreshRequest,
        headers: RefreshHeaders,
        response: {
          200: Type.Ref('SignedIn'),
          400: invalidRequest,
          401: problemResponse(
            accountsErrors.error('invalid-refresh-token'),
            accountsErrors.error('refresh-token-reused'),
          ),
        },
      },
    },
    async (request, reply) => {
      const attempt = request.headers['idempotency-key'] ?? null;
      return answerTokens(reply, 200, await accounts.refresh(request.body.refresh_token, attempt));
    },
  );

  app.get(
    '/api/auth/jwks',
    {
      schema: {
        tags: ['auth'],
        summary: 'Clés publiques des jetons / Public keys of the tokens',
        description: 'RFC 7517. Public. / RFC 7517. Public.',
        response: { 200: Jwks },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`);
      const { keys } = await accounts.jwks();
      return { keys: keys.map((key) => ({ ...key })) };
    },
  );
}
