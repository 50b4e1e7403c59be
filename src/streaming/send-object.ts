import type { ServerResponse } from 'node:http';
import { answerInOne } from '../platform/http/index.ts';
import type { OpenObject } from '../vault/index.ts';
import type { Block, ObjectBlocks } from './block-cache.ts';
import { limitStall } from './take-over.ts';

/** What became of an answer: all bytes given to the system, or the listener left (or was too slow) before. */
export type Sent = 'complete' | 'aborted';

/** Told of bytes that the system has taken. */
export type OnSent = (bytes: number) => void;

/** Blocks handed to the system at once: a range of one block's size that begins in the middle of one goes out in one call. */
const GROUP_BLOCKS = 2;

export interface ByteRange {
  start: number;
  /** Included. */
  end: number;
}

/** All blocks of a range, when they are in memory and few enough to go out in one system call. Give them to `sendBlocks`. */
export function blocksInMemory(blocks: ObjectBlocks, { start, end }: ByteRange): Block[] | null {
  const first = Math.floor(start / blocks.blockBytes);
  const last = Math.floor(end / blocks.blockBytes);
  if (last - first >= GROUP_BLOCKS) return null;
  const group: Block[] = [];
  for (let index = first; index <= last; index += 1) {
    const block = blocks.peek(index);
    if (!block) {
      releaseAll(blocks, group);
      return null;
    }
    group.push(block);
  }
  return group;
}

/** An answer whose body is in memory. */
export interface BlocksAnswer {
  status: 200 | 206;
  /** Of its head, as `headLines` makes them. */
  lines: string;
  group: readonly Block[];
  range: ByteRange;
}

/** Sends a whole answer from blocks in memory, in one system call. */
export function sendBlocks(
  response: ServerResponse,
  blocks: ObjectBlocks,
  { status, lines, group, range: { start, end } }: BlocksAnswer,
  onSent: OnSent,
): void {
  const { socket } = response;
  answerInOne(response, status, lines, piecesOf(group, blocks.blockBytes, start, end));
  if (socket?.writableLength === 0) {
    onSent(end + 1 - start);
    releaseAll(blocks, group);
    return;
  }
  limitStall(response);
  response.once('close', () => {
    if (!response.writableFinished) return;
    onSent(end + 1 - start);
    releaseAll(blocks, group);
  });
}

function releaseAll(blocks: ObjectBlocks, group: readonly Block[]): void {
  for (const block of group) blocks.release(block);
}

/**
 * Sends bytes `start`..`end` of an object as the body of `response`, whose head has been written, and ends it.
 * The next blocks are looked for when the system has taken the last ones, so a slow listener holds two blocks at most.
 * @throws Error when the object cannot be read; the connection is then broken, so that nobody takes the part for the whole
 */
export async function sendObject(
  response: ServerResponse,
  { object, blocks }: { object: OpenObject; blocks: ObjectBlocks },
  range: ByteRange,
  onSent: OnSent,
): Promise<Sent> {
  const write = groupWriter(response);
  let position = range.start;
  try {
    while (position <= range.end) {
      const group = await nextBlocks(blocks, object, position, range.end);
      const pieces = piecesOf(group, blocks.blockBytes, position, range.end);
      const before = position;
      for (const piece of pieces) position += piece.length;
      // Blocks that a broken connection may still hold are never given back: their memory is not written to again.
      if (!(await write(pieces, position > range.end))) return 'aborted';
      onSent(position - before);
      releaseAll(blocks, group);
    }
    return 'complete';
  } catch (error) {
    response.destroy();
    throw error;
  }
}

/** The block at `position`, read if need be, and what follows it as far as it is in memory already. */
async function nextBlocks(blocks: ObjectBlocks, object: OpenObject, position: number, end: number): Promise<Block[]> {
  const index = Math.floor(position / blocks.blockBytes);
  const last = Math.min(Math.floor(end / blocks.blockBytes), index + GROUP_BLOCKS - 1);
  const group = [blocks.peek(index) ?? (await blocks.load(index, object))];
  for (let next = index + 1; next <= last; next += 1) {
    const block = blocks.peek(next);
    if (!block) break;
    group.push(block);
  }
  return group;
}

/** What of neighbouring blocks lies between `position` and `end`, both included. */
function piecesOf(group: readonly Block[], blockBytes: number, position: number, end: number): Buffer[] {
  let from = position % blockBytes;
  let left = end + 1 - position;
  return group.map(({ bytes }) => {
    const piece = bytes.subarray(from, Math.min(bytes.length, from + left));
    from = 0;
    left -= piece.length;
    return piece;
  });
}

/** Resolves to true when the system has taken the bytes, to false when the connection broke before. */
type WriteGroup = (pieces: readonly Buffer[], last: boolean) => Promise<boolean>;

/** One listener an answer: `close` comes after the end as well as after a break, and write callbacks may never come then. */
function groupWriter(response: ServerResponse): WriteGroup {
  let settle: (taken: boolean) => void = () => undefined;
  response.once('close', () => settle(response.writableFinished));
  const onTaken = (error?: Error | null): void => settle(!error);
  return (pieces, last) => {
    if (response.destroyed) return Promise.resolve(false);
    return new Promise((resolve) => {
      settle = resolve;
      // Node gathers what is written in one turn into one system call, the head included.
      const final = pieces.length - 1;
      for (let at = 0; at < final; at += 1) response.write(pieces[at]);
      if (last) response.end(pieces[final]);
      else response.write(pieces[final], onTaken);
      // What the system took at once needs no watch, and a watch costs as much as the rest of this function.
      if (response.socket?.writableLength !== 0) limitStall(response);
    });
  };
}
