import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { Type } from 'typebox';
import { FetchError } from '../platform/fetch/index.ts';
import { type App, type ProblemResponse, problemResponse } from '../platform/http/index.ts';
import type { Administration } from './administration.ts';
import { correctionsOf, DebateCorrections, debateOfPage, NewDebate } from './administration-schemas.ts';
import type { Debate } from './debate.ts';
import { debatesErrors } from './errors.ts';
import { presentDebate } from './present.ts';
import { type AudioFileBody, DebateId } from './schemas.ts';

export interface AdministrationRoutesOptions {
  administration: Administration;
  publicUrl: string;
  /** Refuses who may not change the register, before what is asked is looked at. */
  onRequest: (request: FastifyRequest) => Promise<void>;
  /** Who asks, for the log. */
  who: (request: FastifyRequest) => Promise<string>;
  /** What `onRequest` may answer, for the document. */
  refused: { 401: ProblemResponse; 403: ProblemResponse };
  /** Throws FetchError unless a page that somebody chose may be asked for. */
  admitPage: (url: string) => Promise<URL>;
  audioFiles: (debateIds: readonly string[]) => Promise<ReadonlyMap<string, readonly AudioFileBody[]>>;
  /** One line for each change: who did what to which debate. */
  audit: (change: { action: 'add' | 'correct' | 'withdraw'; debateId: string; by: string }) => void;
}

const ID = { params: { id: 'page-0f9c1a526f0e4d8a' } };
const notFound = problemResponse(debatesErrors.error('not-found', ID));
const security = [{ operator: [] }, { account: [] }];
const shared = { tags: ['debates'], security };

/** What administrators change in the register. Scope of all: debates:write. */
export function registerAdministrationRoutes(app: App, options: AdministrationRoutesOptions): void {
  const { administration, publicUrl, refused, audit, who } = options;
  const guarded = {
    config: { limit: 'debates', scope: 'debates:write' },
    onRequest: (async (request) => options.onRequest(request)) satisfies onRequestAsyncHookHandler,
  };
  const present = async (debate: Debate) => {
    const files = await options.audioFiles([debate.id]);
    return presentDebate(debate, files.get(debate.id) ?? []);
  };

  app.post(
    '/api/debates',
    {
      ...guarded,
      config: { ...guarded.config, idempotent: false },
      schema: {
        ...shared,
        summary: 'Ajouter une page / Add a page',
        description:
          'Toute page que yt-dlp sait lire, sur un hôte de SOURCE_HOSTS. Portée : debates:write. / Any page that yt-dlp can read, on a host of SOURCE_HOSTS. Scope: debates:write.',
        body: NewDebate,
        response: {
          201: Type.Ref('Debate'),
          ...refused,
          409: problemResponse(debatesErrors.error('already-known', ID)),
          422: problemResponse(debatesErrors.error('page-refused'), debatesErrors.error('page-unreachable')),
        },
      },
    },
    async (request, reply) => {
      const page = await admit(options, request.body.url);
      const debate = await administration.add(debateOfPage(page, request.body));
      audit({ action: 'add', debateId: debate.id, by: await who(request) });
      reply.header('location', `${publicUrl}/api/debates/${debate.id}`);
      return reply.status(201).send(await present(debate));
    },
  );

  app.put(
    '/api/debates/:debate_id',
    {
      ...guarded,
      schema: {
        ...shared,
        summary: 'Corriger un débat / Correct a debate',
        description:
          'Remplace toutes les corrections : un champ absent redevient celui de la source ; une correction tient quoi que la source dise ensuite. Idempotent. Portée : debates:write. / Replaces all corrections: an absent field is the source’s again; a correction stays whatever the source says later. Idempotent. Scope: debates:write.',
        params: DebateId,
        body: DebateCorrections,
        response: { 200: Type.Ref('Debate'), ...refused, 404: notFound },
      },
    },
    async (request) => {
      const { debate_id: id } = request.params;
      const { restore = false } = request.body;
      const debate = await administration.correct(id, correctionsOf(request.body), restore);
      audit({ action: 'correct', debateId: debate.id, by: await who(request) });
      return present(debate);
    },
  );

  app.delete(
    '/api/debates/:debate_id',
    {
      ...guarded,
      schema: {
        ...shared,
        summary: 'Retirer un débat / Withdraw a debate',
        description:
          'Le marque retiré, sans l’effacer ; aucune source ne le fait revenir. Idempotent. Portée : debates:write. / Marks it withdrawn, without erasing it; no source brings it back. Idempotent. Scope: debates:write.',
        params: DebateId,
        response: { 204: Type.Null({ description: 'It is withdrawn' }), ...refused, 404: notFound },
      },
    },
    async (request, reply) => {
      const debate = await administration.withdraw(request.params.debate_id);
      audit({ action: 'withdraw', debateId: debate.id, by: await who(request) });
      return reply.status(204).send(null);
    },
  );
}

async function admit({ admitPage }: AdministrationRoutesOptions, url: string): Promise<URL> {
  try {
    return await admitPage(url);
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    throw debatesErrors.error(error.reason === 'refused' ? 'page-refused' : 'page-unreachable', { cause: error });
  }
}
