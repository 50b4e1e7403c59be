import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AudioFormat, Vault } from '../vault/index.ts';
import { createBlockCache } from './block-cache.ts';
import { streamingErrors } from './errors.ts';
import { planAnswer } from './plan-answer.ts';
import { sendObject } from './send-object.ts';
import { takeOver } from './take-over.ts';

/** Large enough that the price of a block is its copying; small enough that a slow listener's share of memory is modest. */
const BLOCK_BYTES = 262_144;
/** An hour of sound, which is what the evening's listeners have in common: the sitting of the day. */
const CACHE_BYTES = 64 * 1_048_576;
/** 128 bits of the hash: no two files will ever share them. */
const ETAG_HEX_DIGITS = 32;

const MIME: Readonly<Record<AudioFormat, string>> = { mp3: 'audio/mpeg', m4a: 'audio/mp4' };

export interface StoredAnswer {
  file: { sha256: string; format: AudioFormat };
  cacheControl: string;
  /** Content-Disposition, Link and the like. */
  headers: OutgoingHttpHeaders;
}

/** The date of an open file is one object for all its readers: it is written out once. */
const httpDates = new WeakMap<Date, string>();

function httpDate(date: Date): string {
  let text = httpDates.get(date);
  if (text === undefined) {
    text = date.toUTCString();
    httpDates.set(date, text);
  }
  return text;
}

/**
 * Answers GET and HEAD with stored bytes: preconditions, one range, back-pressure.
 * Returns false, having answered nothing, when the bytes are not in the vault.
 */
export type ServeStored = (request: FastifyRequest, reply: FastifyReply, answer: StoredAnswer) => Promise<boolean>;

export function createServeStored(vault: Pick<Vault, 'open'>): ServeStored {
  const blocks = createBlockCache({ blockBytes: BLOCK_BYTES, maxBytes: CACHE_BYTES });

  return async (request, reply, answer) => {
    const object = await vault.open(answer.file);
    if (!object) return false;
    try {
      const { sizeBytes, storedAt } = object;
      const etag = `"${answer.file.sha256.slice(0, ETAG_HEX_DIGITS)}"`;
      const plan = planAnswer(request.headers, { sizeBytes, etag, lastModified: storedAt });
      if (plan.status === 412) throw streamingErrors.error('precondition-failed');
      if (plan.status === 416) {
        reply.header('content-range', `bytes */${sizeBytes}`);
        throw streamingErrors.error('range-not-satisfiable');
      }
      const { response, headers } = takeOver(reply);
      Object.assign(headers, answer.headers);
      headers['accept-ranges'] = 'bytes';
      headers['cache-control'] = answer.cacheControl;
      headers.etag = etag;
      headers['last-modified'] = httpDate(storedAt);
      if (plan.status === 304) {
        response.writeHead(304, headers).end();
        return true;
      }
      headers['content-type'] = MIME[answer.file.format];
      headers['content-length'] = plan.end + 1 - plan.start;
      if (plan.status === 206) headers['content-range'] = `bytes ${plan.start}-${plan.end}/${sizeBytes}`;
      response.writeHead(plan.status, headers);
      if (request.method === 'HEAD' || plan.end < plan.start) response.end();
      else await sendObject(response, { key: answer.file, object, blocks }, plan);
      return true;
    } finally {
      object.close();
    }
  };
}
