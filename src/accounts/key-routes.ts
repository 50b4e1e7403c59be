import { Type } from 'typebox';
import { type App, invalidRequest, problemResponse } from '../platform/http/index.ts';
import type { Accounts } from './accounts.ts';
import { accountsErrors } from './errors.ts';
import { presentKey } from './present.ts';
import { ApiKeyList, ApiKeyRequest, KeyId } from './schemas.ts';

const tags = ['auth'];
const security = [{ account: [] }];
const config = { scope: 'account', role: 'operator' };
const unauthorised = problemResponse(accountsErrors.error('sign-in-required'), accountsErrors.error('invalid-token'));

/** Operators' keys for machines: they carry scopes and never change an account. */
export function registerKeyRoutes(app: App, accounts: Accounts): void {
  const onRequest = accounts.onRequest({ role: 'operator' });
  const operator = async (request: Parameters<Accounts['holder']>[0]) => {
    const { account } = await accounts.holder(request);
    // The token may be older than a change of role.
    if (account.role === 'listener') throw accountsErrors.error('forbidden');
    return account;
  };

  app.get(
    '/api/auth/keys',
    {
      onRequest,
      config,
      schema: {
        tags,
        summary: 'Mes clés / My keys',
        description: 'Pour les opérateurs. / For operators.',
        security,
        response: { 200: ApiKeyList, 401: unauthorised, 403: problemResponse(accountsErrors.error('forbidden')) },
      },
    },
    async (request, reply) => {
      const keys = await accounts.apiKeys.list((await operator(request)).id);
      reply.header('x-total-count', String(keys.length));
      reply.header('cache-control', 'private, no-cache');
      return keys.map(presentKey);
    },
  );

  app.post(
    '/api/auth/keys',
    {
      onRequest,
      config: { ...config, idempotent: false },
      schema: {
        tags,
        summary: 'Une clé pour une machine / A key for a machine',
        description: 'Son texte n’est donné qu’ici. Non idempotent. / Its text is given here only. Not idempotent.',
        security,
        body: ApiKeyRequest,
        response: {
          201: Type.Ref('NewApiKey'),
          400: invalidRequest,
          401: unauthorised,
          403: problemResponse(
            accountsErrors.error('forbidden'),
            accountsErrors.error('scope-refused', { params: { scope: 'account' } }),
          ),
          409: problemResponse(accountsErrors.error('too-many-keys', { params: { limit: 50 } })),
        },
      },
    },
    async (request, reply) => {
      const { name, scopes, expires_in_days: expiresInDays = null } = request.body;
      const made = await accounts.apiKeys.create(await operator(request), { name, scopes, expiresInDays });
      return reply.status(201).send({ ...presentKey(made), key: made.key });
    },
  );

  app.delete(
    '/api/auth/keys/:key_id',
    {
      onRequest,
      config,
      schema: {
        tags,
        summary: 'Supprimer une clé / Remove a key',
        description: 'Les autres serveurs la refusent dans la minute. / Other servers refuse it within a minute.',
        security,
        params: KeyId,
        response: {
          204: Type.Null({ description: 'Removed' }),
          400: invalidRequest,
          401: unauthorised,
          403: problemResponse(accountsErrors.error('forbidden')),
          404: problemResponse(accountsErrors.error('key-not-found')),
        },
      },
    },
    async (request, reply) => {
      await accounts.apiKeys.remove((await operator(request)).id, request.params.key_id);
      return reply.status(204).send(null);
    },
  );
}
