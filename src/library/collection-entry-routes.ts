import { Type } from 'typebox';
import { debatesErrors } from '../debates/index.ts';
import { type App, invalidRequest, problemResponse } from '../platform/http/index.ts';
import type { Entry } from './collection.ts';
import { libraryErrors } from './errors.ts';
import { COLLECTION_DEBATES_MAX, ENTRIES_MAX } from './limits.ts';
import { type LibraryRoutes, ownOperation } from './own-operation.ts';
import { presentEntry } from './present.ts';
import { CollectionDebateId, CollectionId, EntryMove, NewEntry } from './schemas.ts';

const tags = ['collections'];
const { config, security, refusals } = ownOperation;
const limits = { limit: COLLECTION_DEBATES_MAX, total: ENTRIES_MAX };

/** The debates of a collection: added, moved, removed. */
export function registerCollectionEntryRoutes(app: App, routes: LibraryRoutes): void {
  const { library, debates, onRequest, listener } = routes;
  const { collections } = library;
  const present = async (entry: Entry) => presentEntry(entry, await debates.summaries([entry.debateId]));

  app.post(
    '/api/collections/:collection_id/debates',
    {
      onRequest,
      config: { ...config, idempotent: true },
      schema: {
        tags,
        security,
        summary: 'Ajouter un débat / Add a debate',
        description:
          'À la fin. Idempotent : 201 la première fois, 200 ensuite. / At the end. Idempotent: 201 the first time, 200 after.',
        params: CollectionId,
        body: NewEntry,
        response: {
          200: Type.Ref('CollectionEntry'),
          201: Type.Ref('CollectionEntry'),
          400: invalidRequest,
          ...refusals,
          404: problemResponse(
            libraryErrors.error('collection-not-found'),
            debatesErrors.error('not-found', { params: { id: '…' } }),
          ),
          409: problemResponse(libraryErrors.error('too-many-debates', { params: limits })),
        },
      },
    },
    async (request, reply) => {
      const { collection_id: id } = request.params;
      const { entry, added } = await collections.addDebate(await listener(request), id, request.body.debate_id);
      return reply.status(added ? 201 : 200).send(await present(entry));
    },
  );

  app.put(
    '/api/collections/:collection_id/debates/:debate_id',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Déplacer un débat / Move a debate',
        description: 'Les autres gardent leur ordre. Idempotent. / The others keep their order. Idempotent.',
        params: CollectionDebateId,
        body: EntryMove,
        response: {
          200: Type.Ref('CollectionEntry'),
          400: invalidRequest,
          ...refusals,
          404: problemResponse(libraryErrors.error('collection-not-found'), libraryErrors.error('not-in-collection')),
        },
      },
    },
    async (request) => {
      const { collection_id: id, debate_id: debateId } = request.params;
      return present(await collections.moveDebate(await listener(request), id, debateId, request.body.position));
    },
  );

  app.delete(
    '/api/collections/:collection_id/debates/:debate_id',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Retirer un débat / Remove a debate',
        description: 'Idempotent : 204 qu’il y ait été ou non. / Idempotent: 204 whether it was there or not.',
        params: CollectionDebateId,
        response: {
          204: Type.Null({ description: 'It is not in the collection' }),
          400: invalidRequest,
          ...refusals,
          404: problemResponse(libraryErrors.error('collection-not-found')),
        },
      },
    },
    async (request, reply) => {
      const { collection_id: id, debate_id: debateId } = request.params;
      await collections.removeDebate(await listener(request), id, debateId);
      return reply.status(204).send(null);
    },
  );
}
