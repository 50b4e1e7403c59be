import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { DebateId, debatesErrors } from '../debates/index.ts';
import { type App, addVary, type ProblemResponse, problemResponse } from '../platform/http/index.ts';
import { underRequestId } from '../platform/telemetry/index.ts';
import { extractionErrors } from './errors.ts';
import { STATUS_EXAMPLE } from './example.ts';
import type { Extraction } from './extraction.ts';
import { type Presentation, presentReady, presentRun } from './present.ts';
import { ExtractionRequest, ExtractionStatus, type ExtractionStatusBody } from './schemas.ts';

export interface ExtractionRoutesOptions {
  extraction: Extraction;
  publicUrl: string;
  /**
   * Throws a coded 401 or 403 unless the request may cancel the extractions that `askedBy` asked for (null: nobody, or several).
   * Who is not known is refused before `askedBy` is looked for.
   */
  authorise: (request: FastifyRequest, askedBy: () => Promise<string | null>) => void | Promise<void>;
  /** What `authorise` may answer, for the document. */
  refused: { 401: ProblemResponse; 403: ProblemResponse };
  /** The account that asks; null for anybody. */
  requester: (request: FastifyRequest) => string | null | Promise<string | null>;
}

const ID = { params: { id: '19502241_6ac548b948b27' } };
const notFound = problemResponse(debatesErrors.error('not-found', ID));
const neverAsked = problemResponse(debatesErrors.error('not-found', ID), extractionErrors.error('no-run'));
const Status = Type.Ref('ExtractionStatus');

export function registerExtractionRoutes(app: App, options: ExtractionRoutesOptions): void {
  const { extraction, publicUrl } = options;
  app.addSchema({ ...ExtractionStatus, examples: [STATUS_EXAMPLE] });

  /** Errors are told in the reader's language, so caches must tell languages apart. */
  const how = (request: FastifyRequest, reply: FastifyReply): Presentation => {
    const { language } = request;
    addVary(reply, 'accept-language');
    reply.header('content-language', language.tag);
    return { language, publicUrl };
  };
  const statusUrl = (debateId: string): string => `${publicUrl}/api/streaming/${encodeURIComponent(debateId)}/status`;

  app.post(
    '/api/streaming/:debate_id/extract',
    {
      config: { limit: 'extraction', idempotent: true },
      schema: {
        tags: ['streaming'],
        summary: 'Demander le son / Ask for the sound',
        description:
          'Met l’extraction du son en file d’attente (202). La même demande donne la même extraction (200) ; déjà là : le fichier (200). / Queues the extraction of the sound (202). The same request gives the same extraction (200); already there: the file (200).',
        params: DebateId,
        body: Type.Union([ExtractionRequest, Type.Null()]),
        response: {
          200: { ...Status, description: 'Under way already, or already there' },
          202: { ...Status, description: 'Queued; Location tells its status' },
          404: notFound,
          409: problemResponse(extractionErrors.error('no-source')),
          503: problemResponse(extractionErrors.error('queue-full', { params: { limit: 100 } })),
          507: problemResponse(extractionErrors.error('disk-low')),
        },
      },
    },
    async (request, reply) => {
      const wish = request.body ?? {};
      const wanted = {
        debateId: request.params.debate_id,
        format: wish.format ?? 'mp3',
        quality: wish.quality ?? 'original',
        priority: wish.priority ?? 'normal',
        requestedBy: await options.requester(request),
      } as const;
      // The worker's lines, and those of ffmpeg, are then found by the id that the listener was given.
      const answer = await underRequestId(request.id, () => extraction.request(wanted));
      const presentation = how(request, reply);
      if (answer.kind === 'ready') {
        const { debateId, file, run } = answer;
        return run === null ? presentReady(debateId, file, presentation) : presentRun(run, file, presentation);
      }
      reply.header('location', statusUrl(answer.run.debateId));
      return reply.status(answer.created ? 202 : 200).send(presentRun(answer.run, null, presentation));
    },
  );

  app.get(
    '/api/streaming/:debate_id/status',
    {
      schema: {
        tags: ['streaming'],
        summary: 'Où en est l’extraction / How far the extraction is',
        description: 'La dernière extraction de ce débat. / The last extraction of this debate.',
        params: DebateId,
        response: { 200: Status, 404: neverAsked },
      },
    },
    async (request, reply): Promise<ExtractionStatusBody> => {
      const { run, file } = await extraction.status(request.params.debate_id);
      return presentRun(run, file, how(request, reply));
    },
  );

  app.delete(
    '/api/streaming/:debate_id/extract',
    {
      config: { scope: 'extraction:manage' },
      schema: {
        tags: ['streaming'],
        summary: 'Annuler l’extraction / Cancel the extraction',
        description:
          'Arrête l’extraction en cours, quel que soit le processus qui la mène ; elle peut mettre une seconde à s’arrêter (202). Le jeton du compte qui l’a demandée convient aussi. / Stops the extraction under way, on whichever process; it may take a second to stop (202). The token of the account that asked for it will do too.',
        params: DebateId,
        security: [{ operator: [] }, { account: [] }],
        response: {
          200: { ...Status, description: 'Cancelled' },
          202: { ...Status, description: 'Asked to stop' },
          ...options.refused,
          404: neverAsked,
          409: problemResponse(extractionErrors.error('not-active', { params: { status: 'done' } })),
        },
      },
    },
    async (request, reply) => {
      const { debate_id: debateId } = request.params;
      await options.authorise(request, () => extraction.askedBy(debateId));
      const run = await extraction.cancel(debateId);
      const body = presentRun(run, null, how(request, reply));
      return reply.status(run.state === 'cancelled' ? 200 : 202).send(body);
    },
  );
}
