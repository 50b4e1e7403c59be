import { Type } from 'typebox';
import { debatesErrors } from '../debates/index.ts';
import { type App, invalidListRequest, invalidRequest, problemResponse } from '../platform/http/index.ts';
import { answerPage } from './answer-page.ts';
import { libraryErrors } from './errors.ts';
import { FAVORITES_MAX } from './limits.ts';
import { type LibraryRoutes, ownOperation } from './own-operation.ts';
import { presentFavorite } from './present.ts';
import { DebateId, ListQuery } from './schemas.ts';

const tags = ['favorites'];
const { config, security, refusals } = ownOperation;
const unknownDebate = problemResponse(debatesErrors.error('not-found', { params: { id: '…' } }));

export function registerFavoriteRoutes(app: App, { library, debates, publicUrl, onRequest, listener }: LibraryRoutes) {
  const { favorites } = library;

  app.get(
    '/api/favorites',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Mes favoris / My favourites',
        description:
          'Le plus récent d’abord ; total dans X-Total-Count, pages dans Link. / Newest first; total in X-Total-Count, pages in Link.',
        querystring: ListQuery,
        response: { 200: Type.Array(Type.Ref('Favorite')), 400: invalidListRequest, ...refusals },
      },
    },
    async (request, reply) => {
      const accountId = await listener(request);
      const page = await answerPage(reply, {
        url: `${publicUrl}/api/favorites/`,
        query: request.query,
        order: 'favorites',
        kind: 'time',
        count: () => favorites.count(accountId),
        rows: (from, limit) => favorites.list(accountId, from, limit),
      });
      const summaries = await debates.summaries(page.map((favorite) => favorite.debateId));
      return page.map((favorite) => presentFavorite(favorite, summaries));
    },
  );

  app.post(
    '/api/favorites/:debate_id',
    {
      onRequest,
      config: { ...config, idempotent: true },
      schema: {
        tags,
        security,
        summary: 'Ajouter un favori / Add a favourite',
        description: 'Idempotent : 201 la première fois, 200 ensuite. / Idempotent: 201 the first time, 200 after.',
        params: DebateId,
        response: {
          200: Type.Ref('Favorite'),
          201: Type.Ref('Favorite'),
          400: invalidRequest,
          ...refusals,
          404: unknownDebate,
          409: problemResponse(libraryErrors.error('too-many-favorites', { params: { limit: FAVORITES_MAX } })),
        },
      },
    },
    async (request, reply) => {
      const { favorite, added } = await favorites.add(await listener(request), request.params.debate_id);
      const summaries = await debates.summaries([favorite.debateId]);
      return reply.status(added ? 201 : 200).send(presentFavorite(favorite, summaries));
    },
  );

  app.delete(
    '/api/favorites/:debate_id',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Retirer un favori / Remove a favourite',
        description: 'Idempotent : 204 qu’il y ait été ou non. / Idempotent: 204 whether it was there or not.',
        params: DebateId,
        response: {
          204: Type.Null({ description: 'It is not among the favourites' }),
          400: invalidRequest,
          ...refusals,
          404: unknownDebate,
        },
      },
    },
    async (request, reply) => {
      await favorites.remove(await listener(request), request.params.debate_id);
      return reply.status(204).send(null);
    },
  );
}
