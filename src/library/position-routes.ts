import { Type } from 'typebox';
import { debatesErrors } from '../debates/index.ts';
import { type App, invalidListRequest, invalidRequest, problemResponse } from '../platform/http/index.ts';
import { answerPage } from './answer-page.ts';
import { libraryErrors } from './errors.ts';
import { POSITIONS_MAX } from './limits.ts';
import { type LibraryRoutes, ownOperation } from './own-operation.ts';
import { presentHeard, presentPosition } from './present.ts';
import { DebateId, PositionsBatch, PositionsMerged, PositionsQuery } from './schemas.ts';

const tags = ['positions'];
const { config, security, refusals } = ownOperation;

export function registerPositionRoutes(app: App, { library, publicUrl, onRequest, listener }: LibraryRoutes): void {
  const { positions } = library;

  app.get(
    '/api/positions',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Où j’en suis / Where I am',
        description:
          'Ce qui a changé en dernier vient en dernier : un appareil reprend par updated_since au dernier updated_at qu’il connaît. / What changed last comes last: a device goes on with updated_since at the last updated_at it knows.',
        querystring: PositionsQuery,
        response: { 200: Type.Array(Type.Ref('Position')), 400: invalidListRequest, ...refusals },
      },
    },
    async (request, reply) => {
      const accountId = await listener(request);
      const { updated_since: updatedSince } = request.query;
      const since = updatedSince === undefined ? null : new Date(updatedSince);
      const page = await answerPage(reply, {
        url: `${publicUrl}/api/positions`,
        query: request.query,
        order: 'positions',
        kind: 'time',
        count: () => positions.count(accountId, since),
        rows: (from, limit) => positions.list(accountId, since, from, limit),
      });
      return page.map(presentPosition);
    },
  );

  app.put(
    '/api/positions',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Dire où j’en suis / Say where I am',
        description:
          'En lot, d’un ou plusieurs appareils, dans n’importe quel ordre et autant de fois qu’on veut : ni le plus récent ni le plus avancé ne se perd (règle dans docs/POSITIONS.md). Idempotent. / In a batch, from one or several devices, in any order and as often as one likes: neither the latest nor the furthest is lost (rule in docs/POSITIONS.md). Idempotent.',
        body: PositionsBatch,
        response: {
          200: PositionsMerged,
          400: invalidRequest,
          ...refusals,
          409: problemResponse(libraryErrors.error('too-many-positions', { params: { limit: POSITIONS_MAX } })),
        },
      },
    },
    async (request) => {
      const reports = request.body.positions.map((said) => ({
        debateId: said.debate_id,
        positionMs: said.position_ms,
        durationMs: said.duration_ms ?? null,
        finished: said.finished ?? false,
        deviceId: said.device_id,
        recordedAt: new Date(said.recorded_at),
      }));
      const recorded = await positions.record(await listener(request), reports);
      return { positions: recorded.positions.map(presentPosition), unknown_debate_ids: recorded.unknown };
    },
  );

  app.get(
    '/api/positions/:debate_id',
    {
      onRequest,
      config,
      schema: {
        tags,
        security,
        summary: 'Où j’en suis dans un débat / Where I am in a debate',
        description: 'Avec ce que les appareils ont dit en dernier. / With what devices said last.',
        params: DebateId,
        response: {
          200: Type.Ref('PositionWithHistory'),
          400: invalidRequest,
          ...refusals,
          404: problemResponse(
            libraryErrors.error('position-not-found'),
            debatesErrors.error('not-found', { params: { id: '…' } }),
          ),
        },
      },
    },
    async (request, reply) => {
      const { position, history } = await positions.get(await listener(request), request.params.debate_id);
      reply.header('cache-control', 'private, no-cache');
      return { ...presentPosition(position), history: history.map(presentHeard) };
    },
  );
}
