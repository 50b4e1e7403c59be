/** Reads up to `length` bytes at `position`; fewer only at the end. */
export type ReadAt = (position: number, length: number) => Promise<Buffer>;

/** One box of ISO/IEC 14496-12 §4.2: where its content lies, its header left aside. */
export interface Box {
  type: string;
  start: number;
  end: number;
}

/** Thrown when the bytes are no MP4, or an MP4 beyond the limits stated where they are checked. */
export class Mp4Error extends Error {
  readonly truncated: boolean;
  constructor(message: string, truncated = false) {
    super(message);
    this.name = 'Mp4Error';
    this.truncated = truncated;
  }
}

/** Type and size 8 bytes, and 8 more for a 64-bit size. */
const MAX_HEADER_BYTES = 16;

/**
 * The box whose header is at `position`.
 * @throws Mp4Error when it does not fit between `position` and `limit`: `truncated` where only its end is missing.
 */
function boxAt(header: Buffer, position: number, limit: number): Box {
  if (header.length < 8) throw new Mp4Error(`box header cut at ${position}`, true);
  const type = header.toString('latin1', 4, 8);
  if (!/^[\x20-\x7e]{4}$/.test(type)) throw new Mp4Error(`no box at ${position}`);
  const stated = header.readUInt32BE(0);
  if (stated === 0) return { type, start: position + 8, end: limit };
  if (stated !== 1) return within({ type, start: position + 8, end: position + stated }, limit);
  if (header.length < MAX_HEADER_BYTES) throw new Mp4Error(`box header cut at ${position}`, true);
  return within({ type, start: position + 16, end: position + Number(header.readBigUInt64BE(8)) }, limit);
}

function within(box: Box, limit: number): Box {
  if (box.end < box.start) throw new Mp4Error(`box ${box.type} is smaller than its header`);
  if (box.end > limit) throw new Mp4Error(`box ${box.type} ends beyond what holds it`, true);
  return box;
}

/** A day in fragments of one second; a file with more is not one of ours. */
const MAX_TOP_BOXES = 200_000;

/** The boxes of a file in order, each seen by its header alone. @throws Mp4Error */
export async function* fileBoxes(read: ReadAt, sizeBytes: number): AsyncGenerator<Box> {
  let position = 0;
  for (let count = 0; position < sizeBytes; count += 1) {
    if (count === MAX_TOP_BOXES) throw new Mp4Error(`more than ${MAX_TOP_BOXES} boxes`);
    const box = boxAt(await read(position, MAX_HEADER_BYTES), position, sizeBytes);
    yield box;
    position = box.end;
  }
}

/** A metadata box holds tables, never sound: a recording of a day needs less. */
const MAX_CONTENT_BYTES = 16 * 1_048_576;

/** The content of a metadata box, in memory. @throws Mp4Error when it is larger than any of ours. */
export async function boxContent(read: ReadAt, box: Box): Promise<Buffer> {
  const length = box.end - box.start;
  if (length > MAX_CONTENT_BYTES) throw new Mp4Error(`box ${box.type} of ${length} bytes is too large`);
  const content = await read(box.start, length);
  if (content.length < length) throw new Mp4Error(`box ${box.type} is cut`, true);
  return content;
}

/** The contents of the boxes of `type` that stand directly in `content`. @throws Mp4Error */
export function children(content: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let position = 0; position < content.length; ) {
    const box = boxAt(content.subarray(position, position + MAX_HEADER_BYTES), position, content.length);
    if (box.type === type) found.push(content.subarray(box.start, box.end));
    position = box.end;
  }
  return found;
}

/** Follows a path of types, taking the first box of each. @throws Mp4Error when one is missing. */
export function descend(content: Buffer, ...path: string[]): Buffer {
  return path.reduce((inside, type) => {
    const [box] = children(inside, type);
    if (!box) throw new Mp4Error(`no ${type} box`);
    return box;
  }, content);
}
