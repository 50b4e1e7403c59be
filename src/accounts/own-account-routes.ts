import { Type } from 'typebox';
import type { Clock } from '../platform/clock/index.ts';
import { type App, invalidRequest, problemResponse } from '../platform/http/index.ts';
import type { Accounts } from './accounts.ts';
import { accountsErrors } from './errors.ts';
import { presentAccount, presentExport } from './present.ts';
import { ExportSchema, NewCredentials, PasswordChange } from './schemas.ts';

const security = [{ account: [] }];
const config = { scope: 'account' };
const unauthorised = problemResponse(accountsErrors.error('sign-in-required'), accountsErrors.error('invalid-token'));
const forbidden = problemResponse(accountsErrors.error('session-required'));
const done = (description: string) => Type.Null({ description });

/** The holder's own account. What is shown or changed here is checked in the database, not by the token alone. */
export function registerOwnAccountRoutes(app: App, options: { accounts: Accounts; clock: Clock }): void {
  const { accounts } = options;
  const onRequest = accounts.onRequest({});

  app.get(
    '/api/auth/me',
    {
      onRequest,
      config: { ...config, limit: 'auth' },
      schema: {
        tags: ['auth'],
        summary: 'Mon compte / My account',
        description: 'Celui que dit le jeton. / The one the token stands for.',
        security,
        response: { 200: Type.Ref('Account'), 401: unauthorised, 403: forbidden },
      },
    },
    async (request, reply) => {
      const { account } = await accounts.holder(request);
      reply.header('cache-control', 'private, no-cache');
      return presentAccount(account);
    },
  );

  app.post(
    '/api/auth/upgrade',
    {
      onRequest,
      config: { ...config, limit: 'auth', idempotent: false },
      schema: {
        tags: ['auth'],
        summary: 'Compléter le compte de l’appareil / Complete the device’s account',
        description:
          'Lui donne une adresse et un mot de passe ; favoris, collections et positions restent, les jetons aussi. / Gives it an e-mail address and a password; favourites, collections and positions stay, and so do the tokens.',
        security,
        body: NewCredentials,
        response: {
          200: Type.Ref('Account'),
          400: invalidRequest,
          401: unauthorised,
          403: forbidden,
          409: problemResponse(accountsErrors.error('email-taken'), accountsErrors.error('already-upgraded')),
        },
      },
    },
    async (request) => presentAccount(await accounts.upgrade(await accounts.holder(request), request.body)),
  );

  app.post(
    '/api/auth/password',
    {
      onRequest,
      config: { ...config, limit: 'auth', idempotent: false },
      schema: {
        tags: ['auth'],
        summary: 'Changer de mot de passe / Change the password',
        description: 'Ferme toutes les autres sessions. / Closes every other session.',
        security,
        body: PasswordChange,
        response: {
          204: done('Changed'),
          400: invalidRequest,
          401: problemResponse(accountsErrors.error('invalid-token'), accountsErrors.error('invalid-credentials')),
          403: forbidden,
          409: problemResponse(accountsErrors.error('no-password')),
        },
      },
    },
    async (request, reply) => {
      const { current_password: current, new_password: next } = request.body;
      await accounts.changePassword(await accounts.holder(request), { current, next });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/auth/logout',
    {
      onRequest,
      config: { ...config, idempotent: true },
      schema: {
        tags: ['auth'],
        summary: 'Se déconnecter / Sign out',
        description:
          'Ferme cette session. Un compte d’appareil sans session ne peut plus être rouvert ; il est effacé après un jour. / Closes this session. A device account without a session cannot be opened again; it is erased after a day.',
        security,
        response: { 204: done('Signed out'), 401: unauthorised, 403: forbidden },
      },
    },
    async (request, reply) => {
      await accounts.signOut(await accounts.holder(request));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/auth/logout-everywhere',
    {
      onRequest,
      config: { ...config, idempotent: true },
      schema: {
        tags: ['auth'],
        summary: 'Se déconnecter partout / Sign out everywhere',
        description:
          'Ferme toutes les sessions du compte, celle-ci comprise. / Closes every session of the account, this one included.',
        security,
        response: { 204: done('Signed out everywhere'), 401: unauthorised, 403: forbidden },
      },
    },
    async (request, reply) => {
      await accounts.signOutEverywhere(await accounts.holder(request));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/api/auth/me/export',
    {
      onRequest,
      config,
      schema: {
        tags: ['auth'],
        summary: 'Toutes mes données / All my data',
        description:
          'Tout ce que le service garde de vous (RGPD, article 20). / All that the service keeps of you (GDPR, article 20).',
        security,
        response: { 200: ExportSchema, 401: unauthorised, 403: forbidden },
      },
    },
    async (request, reply) => {
      const data = await accounts.export(await accounts.holder(request));
      reply.header('cache-control', 'private, no-store');
      reply.header('content-disposition', 'attachment; filename="robian-export.json"');
      return presentExport(data, options.clock.now());
    },
  );

  app.delete(
    '/api/auth/me',
    {
      onRequest,
      config: { ...config, limit: 'auth' },
      schema: {
        tags: ['auth'],
        summary: 'Effacer mon compte / Erase my account',
        description:
          'Avec tout ce que le service garde de vous, sans retour (RGPD, article 17). / With all that the service keeps of you, for good (GDPR, article 17).',
        security,
        response: { 204: done('Erased'), 401: unauthorised, 403: forbidden },
      },
    },
    async (request, reply) => {
      const { account } = await accounts.holder(request);
      await accounts.erase(account.id);
      return reply.status(204).send(null);
    },
  );
}
