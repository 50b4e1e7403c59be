import { Type } from 'typebox';
import { type App, invalidListRequest, invalidRequest, problemResponse } from '../platform/http/index.ts';
import { answerPage } from './answer-page.ts';
import type { Collection } from './collection.ts';
import { libraryErrors } from './errors.ts';
import { COLLECTIONS_MAX } from './limits.ts';
import { type LibraryRoutes, ownOperation } from './own-operation.ts';
import { presentCollection, presentEntry } from './present.ts';
import { CollectionChangeBody, CollectionId, ListQuery, NewCollection, ShareToken } from './schemas.ts';

const tags = ['collections'];
const { config, security, refusals } = ownOperation;
const notFound = problemResponse(libraryErrors.error('collection-not-found'));

export function registerCollectionRoutes(app: App, routes: LibraryRoutes): void {
  const { library, debates, publicUrl, onRequest, listener } = routes;
  const { collections } = library;
  const present = (collection: Collection) => presentCollection(collection, publicUrl);
  const entriesOf = async (collection: Collection) => {
    const entries = await collections.entries(collection.id);
    const summaries = await debates.summaries(entries.map((entry) => entry.debateId));
    return entries.map((entry) => presentEntry(entry, summaries));
  };

  app.get(
    '/api/collections',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Mes collections / My collections',
        description:
          'Dans votre ordre ; total dans X-Total-Count, pages dans Link. / In your own order; total in X-Total-Count, pages in Link.',
        querystring: ListQuery,
        response: { 200: Type.Array(Type.Ref('Collection')), 400: invalidListRequest, ...refusals },
      },
    },
    async (request, reply) => {
      const accountId = await listener(request);
      const page = await answerPage(reply, {
        url: `${publicUrl}/api/collections/`,
        query: request.query,
        order: 'collections',
        kind: 'integer',
        count: () => collections.count(accountId),
        rows: (from, limit) => collections.list(accountId, from, limit),
      });
      return page.map(present);
    },
  );

  app.post(
    '/api/collections',
    {
      onRequest,
      config: { ...config, idempotent: false },
      schema: {
        tags,
        security,
        summary: 'Créer une collection / Create a collection',
        description: 'Elle se range après les autres. Non idempotent. / It goes after the others. Not idempotent.',
        body: NewCollection,
        response: {
          201: Type.Ref('Collection'),
          400: invalidRequest,
          ...refusals,
          409: problemResponse(libraryErrors.error('too-many-collections', { params: { limit: COLLECTIONS_MAX } })),
        },
      },
    },
    async (request, reply) => {
      const { name, description = '' } = request.body;
      const made = await collections.create(await listener(request), { name, description });
      return reply.status(201).header('location', `${publicUrl}/api/collections/${made.id}`).send(present(made));
    },
  );

  app.get(
    '/api/collections/:collection_id',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Une collection et ses débats / A collection and its debates',
        description: 'Dans l’ordre de la collection. / In the collection’s order.',
        params: CollectionId,
        response: { 200: Type.Ref('CollectionWithDebates'), 400: invalidRequest, ...refusals, 404: notFound },
      },
    },
    async (request, reply) => {
      const collection = await collections.get(await listener(request), request.params.collection_id);
      reply.header('cache-control', 'private, no-cache');
      return { ...present(collection), debates: await entriesOf(collection) };
    },
  );

  app.put(
    '/api/collections/:collection_id',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Renommer, décrire, déplacer / Rename, describe, move',
        description: 'Ce qui n’est pas dit reste. Idempotent. / What is not said stays. Idempotent.',
        params: CollectionId,
        body: CollectionChangeBody,
        response: { 200: Type.Ref('Collection'), 400: invalidRequest, ...refusals, 404: notFound },
      },
    },
    async (request) =>
      present(await collections.change(await listener(request), request.params.collection_id, request.body)),
  );

  app.delete(
    '/api/collections/:collection_id',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Supprimer une collection / Remove a collection',
        description: 'Son lien de partage cesse aussitôt. / Its link stops at once.',
        params: CollectionId,
        response: { 204: Type.Null({ description: 'Removed' }), 400: invalidRequest, ...refusals, 404: notFound },
      },
    },
    async (request, reply) => {
      await collections.remove(await listener(request), request.params.collection_id);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/api/collections/:collection_id/share',
    {
      onRequest,
      config: { ...config, idempotent: true },
      schema: {
        tags,
        security,
        summary: 'Partager par un lien / Share by a link',
        description:
          'Le lien ne se devine pas et ne dit rien de vous. Idempotent : le même lien tant qu’elle est partagée. / The link cannot be guessed and says nothing of you. Idempotent: the same link while it is shared.',
        params: CollectionId,
        response: { 200: Type.Ref('Collection'), 400: invalidRequest, ...refusals, 404: notFound },
      },
    },
    async (request) => present(await collections.share(await listener(request), request.params.collection_id)),
  );

  app.delete(
    '/api/collections/:collection_id/share',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Cesser de partager / Stop sharing',
        description:
          'Le lien cesse aussitôt ; un partage ultérieur en fait un autre. Idempotent. / The link stops at once; sharing again makes another. Idempotent.',
        params: CollectionId,
        response: { 200: Type.Ref('Collection'), 400: invalidRequest, ...refusals, 404: notFound },
      },
    },
    async (request) => present(await collections.unshare(await listener(request), request.params.collection_id)),
  );

  app.get(
    '/api/shared/collections/:token',
    {
      schema: {
        tags,
        summary: 'Une collection partagée / A shared collection',
        description:
          'Public, pour qui a le lien ; rien n’y dit de qui elle est. / Public, for who has the link; nothing in it says whose it is.',
        params: ShareToken,
        response: {
          200: Type.Ref('SharedCollection'),
          400: invalidRequest,
          404: problemResponse(libraryErrors.error('shared-collection-not-found')),
        },
      },
    },
    async (request, reply) => {
      const collection = await collections.getShared(request.params.token);
      // Who was given a link was given it, not the world.
      reply.header('x-robots-tag', 'noindex');
      const { name, description, updatedAt } = collection;
      return { name, description, updated_at: updatedAt.toISOString(), debates: await entriesOf(collection) };
    },
  );
}
