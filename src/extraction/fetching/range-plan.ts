import type { Span } from './spans.ts';

/** A span being fetched by one connection. `end` moves down when another connection takes over the rest. */
export interface Piece {
  /** First byte not yet received. */
  position: number;
  end: number;
  /** When its connection started, monotonic ms. */
  startedAtMs: number;
  /** Where its connection started. */
  startedAt: number;
}

/** Below this a request costs more in round trips than it moves. */
const MIN_PIECE_BYTES = 1024 * 1024;
/** One connection for longer than this many bytes would put too much behind one server process that may die. */
const MAX_PIECE_BYTES = 32 * 1024 * 1024;
/** The rest of a piece is split between two connections only if it is worth a request… */
const MIN_STEAL_BYTES = 128 * 1024;
/**
 * …and would take the one connection longer than this, in ms: a request costs a round trip, and what the relieved connection
 * has under way beyond its new end is sent in vain.
 */
const MIN_STEAL_MS = 2_000;

/**
 * How much one request asks for: an equal share for each connection, so that as few round trips as possible stand between
 * the bytes; who is done early relieves the others (`chooseRelief`).
 */
export function pieceSize(missingBytes: number, connections: number): number {
  return Math.min(MAX_PIECE_BYTES, Math.max(MIN_PIECE_BYTES, Math.ceil(missingBytes / connections)));
}

/** Takes the next piece off the front of `missing` (sorted, disjoint). Null when nothing is left. */
export function takePiece(missing: readonly Span[], pieceBytes: number): { piece: Span; rest: Span[] } | null {
  const [first, ...others] = missing;
  if (first === undefined) return null;
  const available = first.end - first.start;
  // A remainder too small for a request of its own goes along.
  const size = available - pieceBytes < MIN_PIECE_BYTES ? available : pieceBytes;
  const piece = { start: first.start, end: first.start + size };
  return { piece, rest: size === available ? others : [{ start: piece.end, end: first.end }, ...others] };
}

/**
 * Which piece an idle connection should relieve, and from which byte: the second half of what the slowest has left.
 * Null when all will be done before that pays.
 */
export function chooseRelief(pieces: readonly Piece[], nowMs: number): { piece: Piece; from: number } | null {
  let slowest: { piece: Piece; leftMs: number } | null = null;
  for (const piece of pieces) {
    const left = piece.end - piece.position;
    if (left < MIN_STEAL_BYTES) continue;
    const ageMs = nowMs - piece.startedAtMs;
    const received = piece.position - piece.startedAt;
    // One that has brought nothing yet is judged by its age alone.
    const leftMs = received > 0 ? (left * ageMs) / received : ageMs;
    if (leftMs > MIN_STEAL_MS && leftMs > (slowest?.leftMs ?? 0)) slowest = { piece, leftMs };
  }
  if (slowest === null) return null;
  const { position, end } = slowest.piece;
  return { piece: slowest.piece, from: position + Math.ceil((end - position) / 2) };
}
