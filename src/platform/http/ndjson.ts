import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseEncoding } from './representation.ts';

/** 4 gives most of brotli's gain at about gzip's cost. */
const BROTLI_QUALITY = 4;
/** An export is always worth compressing. */
const ALWAYS = Number.POSITIVE_INFINITY;

/**
 * Answers one JSON value a line (https://github.com/ndjson/ndjson-spec), compressed where the client takes it, as fast as
 * it reads and no faster: memory does not grow with the answer. Pieces are arrays of values, so that a line costs no
 * await. A failure half way breaks the connection: nobody takes half an export for a whole one.
 */
export function sendNdjson(
  request: FastifyRequest,
  reply: FastifyReply,
  pieces: AsyncIterable<readonly object[]>,
): FastifyReply {
  const encoding = chooseEncoding(request.headers['accept-encoding'], ALWAYS);
  reply
    .type('application/x-ndjson; charset=utf-8')
    .header('vary', 'accept-encoding')
    .header('cache-control', 'no-cache');
  const lines = Readable.from(linesOf(pieces), { objectMode: false });
  const compress = compressor(encoding);
  if (compress === null) return reply.send(lines);
  reply.header('content-encoding', encoding);
  // Whoever leaves ends the reading too; the failure itself reaches Fastify through the compressor.
  return reply.send(pipeline(lines, compress, () => undefined));
}

function compressor(encoding: ReturnType<typeof chooseEncoding>): Transform | null {
  if (encoding === 'gzip') return createGzip();
  return encoding === 'br'
    ? createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
    : null;
}

async function* linesOf(pieces: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  for await (const piece of pieces) {
    if (piece.length > 0) yield `${piece.map((value) => JSON.stringify(value)).join('\n')}\n`;
  }
}
