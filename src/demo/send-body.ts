import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../platform/clock/index.ts';
import type { ByteSource } from './byte-source.ts';
import type { Strike } from './faults.ts';
import { createPace } from './pace.ts';

/** Large enough that the work of a write does not count, small enough to be thrown away without regret. */
const PIECE_BYTES = 256 * 1024;
/** A capped connection is fed this often, which is smooth for a player and coarse for a timer. */
const PACED_PIECE_MS = 20;

interface BodySpan {
  source: ByteSource;
  from: number;
  to: number;
}

interface SendContext {
  clock: Clock;
  /** Aborted when the client left or the replay closes. */
  signal: AbortSignal;
  onSent(bytes: number): void;
}

/** Sends the span with the strike's pace, silence or death, and ends the response. Rejects with the signal's reason. */
export async function sendBody(
  response: ServerResponse,
  { source, from, to }: BodySpan,
  strike: Strike,
  { clock, signal, onSent }: SendContext,
): Promise<void> {
  const stopAt = Math.min(to, from + (strike.dropAfterBytes ?? to), from + (strike.stallAfterBytes ?? to));
  const pace = strike.bytesPerSecond === null ? null : createPace(strike.bytesPerSecond, clock.monotonicMs());
  const pieceBytes =
    strike.bytesPerSecond === null
      ? PIECE_BYTES
      : Math.max(1, Math.min(PIECE_BYTES, Math.floor((strike.bytesPerSecond * PACED_PIECE_MS) / 1000)));

  response.flushHeaders();
  for (let position = from; position < stopAt; position += pieceBytes) {
    const piece = source.slice(position, Math.min(stopAt, position + pieceBytes));
    const waitMs = pace?.waitMs(piece.length, clock.monotonicMs()) ?? 0;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    signal.throwIfAborted();
    const roomLeft = response.write(piece, () => onSent(piece.length));
    if (!roomLeft) await once(response, 'drain', { signal });
  }
  const isCut = stopAt < to;
  if (isCut && strike.stallAfterBytes !== null) return;
  const lies = isCut || strike.extraBytes !== 0;
  // What was written leaves first; then the connection closes, whatever Content-Length had promised.
  if (lies) response.socket?.destroySoon();
  else response.end();
}
