import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** A listener who takes no byte for this long has gone or paused; players come back with a range. As nginx's send_timeout. */
const STALL_TIMEOUT_MS = 60_000;

/** Closes the connection when no byte moves for too long; the server sets its own limit again when the answer has ended. */
export function limitStall(response: ServerResponse): void {
  response.setTimeout(STALL_TIMEOUT_MS);
}

/**
 * From here on the answer is written by us, straight to the connection.
 * `headers` are what hooks have put into the answer: taking over means to send them, too.
 */
export function takeOver(reply: FastifyReply): { response: ServerResponse; headers: OutgoingHttpHeaders } {
  const headers = reply.getHeaders() as OutgoingHttpHeaders;
  reply.hijack();
  return { response: reply.raw, headers };
}
