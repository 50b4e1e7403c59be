import { type ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';

/** What Node keeps of an answer for itself (lib/_http_outgoing.js). */
interface Inside {
  /** The text of the head once it is composed; `end` and `write` send it before the body, unless it was sent. */
  _header: string | null;
  _headerSent: boolean;
  /** In ms. */
  _keepAliveTimeout?: number;
}

/** HTTP dates have whole seconds, in ms. */
const SECOND_MS = 1_000;
let closing = { second: Number.NaN, keepAliveMs: 0, lines: '' };

const STATUS_LINES = { 200: statusLine(200), 206: statusLine(206) } as const;
function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
}

/**
 * The lines of a head, fit to be sent: composed once for what is said again and again.
 * @param headers names and values in turn
 * @throws TypeError as `writeHead` does, for what no head may hold
 */
export function headLines(headers: readonly string[]): string {
  let lines = '';
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    validateHeaderName(name);
    validateHeaderValue(name, value);
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

/**
 * Gives a successful answer its status and head, as `writeHead` would, for answers so frequent that a fifth of their price was
 * to compose it header by header. `lines` are made by `headLines`, or as it makes them; `content-length` is among them where
 * there is a body. Whatever is not a body for a GET on a connection that goes on is left to `writeHead`. It reaches into Node:
 * the runtime is pinned, and a test compares the two byte by byte.
 */
export function writeHeadInOne(response: ServerResponse, status: 200 | 206 | 304, lines: string): void {
  const head = status === 304 ? null : plainHead(response, status, lines);
  if (head === null) response.writeHead(status, pairsOf(lines));
  else insideOf(response)._header = head;
}

/**
 * The same with the whole body: head and pieces go to the connection in one system call, past the queue that Node keeps for
 * answers whose turn has not come. The answer is ended; what the connection does not take at once, it takes as it can.
 */
export function answerInOne(
  response: ServerResponse,
  status: 200 | 206,
  lines: string,
  pieces: readonly Buffer[],
): void {
  const { socket } = response;
  const head = socket?.writable ? plainHead(response, status, lines) : null;
  if (socket === null || head === null) {
    writeHeadInOne(response, status, lines);
    socket?.cork();
    for (const piece of pieces) response.write(piece);
    // Lets all of it go.
    response.end();
    return;
  }
  const inside = insideOf(response);
  inside._header = head;
  inside._headerSent = true;
  const final = pieces.length - 1;
  socket.cork();
  socket.write(Buffer.from(head, 'latin1'));
  for (let at = 0; at < final; at += 1) socket.write(pieces[at] ?? '');
  // Lets all of it go; the end that goes with a piece costs one turn of Node's queue less than one that comes after it.
  response.end(pieces[final]);
}

/** Null where only Node knows what to say. */
function plainHead(response: ServerResponse, status: 200 | 206, lines: string): string | null {
  const { req: request, shouldKeepAlive } = response;
  const { _header: written, _keepAliveTimeout: keepAliveMs = 0 } = insideOf(response);
  if (!shouldKeepAlive || keepAliveMs === 0 || request.method !== 'GET' || written !== null) return null;
  response.statusCode = status;
  return STATUS_LINES[status] + lines + closingLines(keepAliveMs);
}

function insideOf(response: ServerResponse): Inside {
  return response as unknown as Inside;
}

/** Names and values in turn. */
function pairsOf(lines: string): string[] {
  return lines.split('\r\n').flatMap((line) => {
    const at = line.indexOf(': ');
    return at === -1 ? [] : [line.slice(0, at), line.slice(at + 2)];
  });
}

/** What is the same for a second: the date (RFC 9110 §5.6.7), and how long the connection is kept. */
function closingLines(keepAliveMs: number): string {
  const second = Math.floor(Date.now() / SECOND_MS);
  if (second !== closing.second || keepAliveMs !== closing.keepAliveMs) {
    const date = new Date(second * SECOND_MS).toUTCString();
    const keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / SECOND_MS)}\r\n`;
    closing = { second, keepAliveMs, lines: `Date: ${date}\r\n${keepAlive}\r\n` };
  }
  return closing.lines;
}
