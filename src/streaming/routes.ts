import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { Type } from 'typebox';
import { type Debate, DebateId, debatesErrors, debateTag } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import { type App, addShortcut, dependOn, problemResponse } from '../platform/http/index.ts';
import { type AudioFile, type Vault, vaultErrors } from '../vault/index.ts';
import { decideStreaming, type StreamingDecision, type Wanted } from './decide.ts';
import { streamingErrors } from './errors.ts';
import { DOWNLOAD_EXAMPLE, INFO_EXAMPLE } from './example.ts';
import { asciiName, downloadName } from './file-name.ts';
import { createHandOver } from './hand-over.ts';
import type { Playable, Playables } from './playables.ts';
import { addressOf, type ExtractionState, presentInfo } from './present.ts';
import type { Relay, RelayStats } from './relay.ts';
import { Download, type DownloadBody, FileParams, FileQuery, Info, RenditionQuery } from './schemas.ts';
import { createServeStored, type PreparedAnswer, type Redirect, type StoredStats } from './serve-stored.ts';
import { createSignedLinks, VALID_SECONDS } from './signed-links.ts';

export interface StreamingRoutesOptions {
  playables: Playables;
  vault: Pick<Vault, 'open' | 'openNow'>;
  /** Sends listeners to the storage; null: they are given the bytes from here. */
  redirect: Redirect | null;
  /** Where a proxy in front finds what `vault` keeps, as `/word`; absent: we send it ourselves. */
  accelRedirect?: string | undefined;
  relay: Relay;
  /** The latest extraction of a debate; null when there never was one. */
  extractionOf: (debateId: string) => Promise<ExtractionState | null>;
  clock: Clock;
  publicUrl: string;
  /** Signs download links; the same in every process. */
  linkSecret: string;
  /** The sound of a debate begins to flow to somebody: its first bytes, not each piece that a player asks for after them. */
  onPlay?: (request: FastifyRequest, debateId: string) => void;
}

/** JSON holds no bytes: the first ones of an MP3, in words. */
const AUDIO_EXAMPLE = 'ID3… (octets / bytes)';
const audio = (description: string) => ({
  description,
  content: { 'audio/mpeg': { schema: Type.String({ format: 'binary' }), example: AUDIO_EXAMPLE } },
});
const ID = { params: { id: '19502241_6ac548b948b27' } };
const elsewhere = {
  description: 'Le fichier est là-bas, pour quelque temps / The file is over there, for some time',
  headers: {
    location: { description: 'Adresse signée du stockage / Signed address of the storage', schema: Type.String() },
  },
  type: 'null',
} as const;
const refusals = {
  404: problemResponse(
    debatesErrors.error('not-found', ID),
    streamingErrors.error('no-audio'),
    streamingErrors.error('no-such-rendition'),
  ),
  409: problemResponse(streamingErrors.error('not-recorded-yet'), streamingErrors.error('not-extracted', ID)),
  410: problemResponse(streamingErrors.error('withdrawn')),
  412: problemResponse(streamingErrors.error('precondition-failed')),
  416: problemResponse(streamingErrors.error('range-not-satisfiable')),
  502: problemResponse(streamingErrors.error('source-failed', { params: { reason: 'HTTP 500' } })),
  503: problemResponse(
    streamingErrors.error('relays-busy'),
    vaultErrors.error('storage-away'),
    vaultErrors.error('storage-refused'),
  ),
  504: problemResponse(streamingErrors.error('source-timeout')),
};

/** A player asks for its file in hundreds of pieces: they are not counted. */
const SOUND = { config: { limit: false } } as const;

/** Events take it out when something changes; this only bounds what no event tells. */
const INFO_KEPT_SECONDS = 3_600;

const STREAM_ROUTE = '/api/streaming/:debate_id/stream';
/** The address below as players ask for it: the best rendition, of an id without escapes. */
const STREAM_BEFORE_ID = ['/api/streaming/', '/api/v1/streaming/'];
const STREAM_AFTER_ID = '/stream';

/** By hand, as a pattern costs a hundredth of an answer; what is no id is no debate's. */
function streamedId(url: string): string | null {
  if (!url.endsWith(STREAM_AFTER_ID)) return null;
  for (const before of STREAM_BEFORE_ID) {
    if (url.startsWith(before)) return url.slice(before.length, -STREAM_AFTER_ID.length);
  }
  return null;
}

/** The address says which debate, not which bytes: caches keep the answer and ask whether it still holds. */
const ALIAS_CACHE = 'public, no-cache';

export interface Streaming {
  stats(): { stored: StoredStats; relay: RelayStats };
}

export function registerStreamingRoutes(app: App, options: StreamingRoutesOptions): Streaming {
  const { playables, publicUrl, clock } = options;
  const stored = createServeStored({
    vault: options.vault,
    redirect: options.redirect,
    clock,
    onError: (error) => app.log.error({ err: error }, 'stored sound could not be read'),
    handOver: createHandOver(options.accelRedirect),
  });
  const links = createSignedLinks({ secret: options.linkSecret, publicUrl, clock });

  /** Sends the sound from wherever the decision says, as the body of this answer. */
  async function sendSound(
    request: FastifyRequest,
    reply: FastifyReply,
    playable: Playable,
    wanted: Wanted,
    headersFor: (format: AudioFile['format']) => readonly string[],
  ): Promise<FastifyReply> {
    const { debate, files } = playable;
    const onFirstBytes = (): void => options.onPlay?.(request, debate.id);
    let decision = decideStreaming(debate, files, wanted);
    if (decision.kind === 'local') {
      const { file } = decision;
      const headers = [...linkOf(playable), ...headersFor(file.format)];
      const answer = { file, cacheControl: ALIAS_CACHE, headers, validSeconds: VALID_SECONDS, onFirstBytes };
      if (await stored.serve(request, reply, answer)) return reply;
      request.log.error({ file: file.id, sha256: file.sha256 }, 'a ready file is not in the storage');
      decision = decideStreaming(debate, [], wanted);
    }
    const url = relayedUrl(decision, debate);
    const own = [...linkOf(playable), ...headersFor('mp3')];
    const headers = { ...pairsOf(own), 'content-type': 'audio/mpeg', 'cache-control': ALIAS_CACHE };
    await options.relay.send(request, reply, { url, headers, onFirstBytes });
    return reply;
  }

  /** Playables are made anew when anything of them changes. */
  const prepared = new WeakMap<Playable, PreparedAnswer>();
  function prepare(playable: Playable): PreparedAnswer | null {
    const decision = decideStreaming(playable.debate, playable.files, {});
    if (decision.kind !== 'local') return null;
    const headers = linkOf(playable);
    const answer = { file: decision.file, cacheControl: ALIAS_CACHE, headers, validSeconds: VALID_SECONDS };
    const made = stored.prepare(answer);
    if (made) prepared.set(playable, made);
    return made;
  }

  addShortcut(app, (request, response, lines) => {
    if (request.headers.range === undefined) return null;
    if (request.method !== 'GET' && request.method !== 'HEAD') return null;
    const debateId = streamedId(request.url ?? '');
    const playable = debateId === null ? null : playables.peek(debateId);
    const answer = playable && (prepared.get(playable) ?? prepare(playable));
    return answer !== null && stored.serveNow(request, response, lines, answer) ? STREAM_ROUTE : null;
  });

  app.addSchema({ ...Info, examples: [INFO_EXAMPLE] });
  app.addSchema({ ...Download, examples: [DOWNLOAD_EXAMPLE] });

  app.get(
    '/api/streaming/:debate_id/info',
    {
      config: {
        limit: 'streaming-info',
        cache: { tags: ({ debate_id: id }) => [debateTag(id ?? '')], ttlSeconds: INFO_KEPT_SECONDS },
      },
      schema: {
        tags: ['streaming'],
        summary: 'Ce qui peut être écouté / What can be played',
        description:
          'Versions, adresses, début de la séance, état de l’extraction. / Renditions, addresses, start of the sitting, state of the extraction.',
        params: DebateId,
        response: { 200: Type.Ref('StreamingInfo'), 404: refusals[404], 410: refusals[410] },
      },
    },
    async (request) => {
      const playable = await playables.get(request.params.debate_id);
      dependOn(request, [debateTag(playable.debate.id)]);
      if (playable.debate.sittingState === 'withdrawn') throw streamingErrors.error('withdrawn');
      return presentInfo(playable, await options.extractionOf(playable.debate.id), publicUrl);
    },
  );

  app.get(
    STREAM_ROUTE,
    {
      ...SOUND,
      schema: {
        tags: ['streaming'],
        summary: 'Le son / The sound',
        description:
          'Avec intervalles (Range, If-Range) et validation (ETag) ; relayé depuis la source tant qu’il n’est pas conservé ici. / With ranges (Range, If-Range) and validation (ETag); relayed from the source while it is not kept here.',
        params: DebateId,
        querystring: RenditionQuery,
        response: { 200: audio('The whole file'), 206: audio('The range asked for'), 302: elsewhere, ...refusals },
      },
    },
    async (request, reply) => {
      const playable = await playables.get(request.params.debate_id);
      return sendSound(request, reply, playable, request.query, () => []);
    },
  );

  app.get(
    '/api/streaming/:debate_id/download',
    {
      ...SOUND,
      schema: {
        tags: ['streaming'],
        summary: 'Télécharger / Download',
        description:
          'Avec Accept: application/json, une adresse signée qui expire ; sinon le fichier, sous un nom lisible. / With Accept: application/json, a signed address that expires; otherwise the file, under a readable name.',
        params: DebateId,
        querystring: RenditionQuery,
        response: {
          200: {
            description: 'The file as an attachment, or where to get it',
            content: {
              'application/json': { schema: Type.Ref('Download') },
              'audio/mpeg': { schema: Type.String({ format: 'binary' }), example: AUDIO_EXAMPLE },
            },
          },
          206: audio('The range asked for'),
          302: elsewhere,
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const playable = await playables.get(request.params.debate_id);
      reply.header('vary', 'accept');
      if (prefersJson(request)) return reply.send(downloadOf(playable, request.query));
      return sendSound(request, reply, playable, request.query, (format) =>
        attachment(downloadName(playable.debate, format)),
      );
    },
  );

  function downloadOf({ debate, files }: Playable, wanted: Wanted): DownloadBody {
    const decision = decideStreaming(debate, files, wanted);
    if (decision.kind !== 'local') {
      relayedUrl(decision, debate);
      const filename = downloadName(debate, 'mp3');
      const url = addressOf(debate.id, 'download', publicUrl);
      return { url, expires_at: null, filename, size_bytes: null, sha256: null };
    }
    const { sha256, format, sizeBytes } = decision.file;
    const filename = downloadName(debate, format);
    const link = links.issue({ sha256, format, name: filename });
    return { url: link.url, expires_at: link.expiresAt.toISOString(), filename, size_bytes: sizeBytes, sha256 };
  }

  app.get(
    '/files/:file',
    {
      ...SOUND,
      schema: {
        tags: ['streaming'],
        summary: 'Un fichier, par lien signé / A file, by signed link',
        description: 'L’adresse vient de /download. / The address comes from /download.',
        params: FileParams,
        querystring: FileQuery,
        response: {
          200: audio('The whole file'),
          206: audio('The range asked for'),
          302: elsewhere,
          403: problemResponse(streamingErrors.error('invalid-link')),
          410: problemResponse(streamingErrors.error('expired-link'), streamingErrors.error('file-gone')),
          412: refusals[412],
          416: refusals[416],
          503: problemResponse(vaultErrors.error('storage-away'), vaultErrors.error('storage-refused')),
        },
      },
    },
    async (request, reply) => {
      const [sha256 = '', extension] = request.params.file.split('.');
      const file = { sha256, format: extension === 'm4a' ? ('m4a' as const) : ('mp3' as const) };
      const { expires, signature, name } = request.query;
      const verdict = links.check({ ...file, name, expires, signature });
      if (verdict !== 'valid') throw streamingErrors.error(`${verdict}-link`);
      const leftSeconds = Math.floor(expires - clock.now().getTime() / 1_000);
      // The name is the hash: what is kept never has to be asked about again, as long as the link itself holds.
      const cacheControl = `public, max-age=${leftSeconds}, immutable`;
      const answer = { file, cacheControl, headers: attachment(name), validSeconds: leftSeconds };
      if (!(await stored.serve(request, reply, answer))) {
        throw streamingErrors.error('file-gone');
      }
      return reply;
    },
  );
  return { stats: () => ({ stored: stored.stats(), relay: options.relay.stats() }) };
}

/** @throws the coded refusal, when the decision is one. */
function relayedUrl(decision: StreamingDecision, debate: Pick<Debate, 'id'>): string {
  if (decision.kind === 'relay') return decision.url;
  throw streamingErrors.error(decision.kind === 'refused' ? decision.reason : 'no-audio', {
    params: { id: debate.id },
  });
}

/** Names and values in turn, as everywhere below. */
function linkOf({ originalLink }: Playable): readonly string[] {
  return originalLink === null ? [] : ['link', originalLink];
}

function attachment(name: string): readonly string[] {
  return ['content-disposition', contentDisposition(name, { fallback: asciiName(name) })];
}

function pairsOf(flat: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) pairs[flat[at] ?? ''] = flat[at + 1] ?? '';
  return pairs;
}

function prefersJson(request: FastifyRequest): boolean {
  const { accept = '*/*' } = request.headers;
  return new Negotiator({ headers: { accept } }).mediaType(['audio/mpeg', 'application/json']) === 'application/json';
}
