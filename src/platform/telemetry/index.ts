import type { Socket } from 'node:net';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { currentRequestId } from './trail.ts';

export { createMetrics, type Metrics } from './metrics.ts';
export type { Sample } from './series.ts';
export { currentRequestId, underRequestId } from './trail.ts';
export type { Logger };

export interface LogOptions {
  level: string;
  /** Where lines go; standard output when absent. */
  destination?: DestinationStream;
}

const SERVICE = 'robian';

/** One JSON line an event; secrets and addresses of listeners never enter one. */
export function createLogger(options: LogOptions): Logger {
  const settings: LoggerOptions = {
    level: options.level,
    base: { service: SERVICE },
    timestamp: createTimestamp(),
    mixin: () => {
      const requestId = currentRequestId();
      return requestId === undefined ? {} : { request_id: requestId };
    },
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        '*.authorization',
        '*.token',
        '*.password',
        '*.secret',
      ],
      censor: '[redacted]',
    },
    serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
  };
  return pino(settings, options.destination ?? standardOutput());
}

/** What is written of a request: the route, never the address with what it may tell. */
export interface RequestLine {
  /** Of letters, digits and `_.:-` only. */
  requestId: string;
  method: string;
  route: string;
  status: number;
  durationMs: number;
  /** Given to the connection, the head of the answer included. */
  bytes: number;
  /** Who asked, as a mark that only this installation can make of an account; null: an address, which is not written. */
  account: string | null;
}

/**
 * Writes one line a request, as the logger would. All of it is ours and plain, so it needs neither redaction nor a serialiser:
 * put together here it costs a tenth of what it costs there, and every request pays it.
 */
export function createRequestLog(logger: Logger): (line: RequestLine) => void {
  const stream = Reflect.get(logger, pino.symbols.streamSym) as DestinationStream;
  const timestamp = createTimestamp();
  // Templates are few, and ours.
  const quoted = new Map<string, string>();
  const quote = (route: string): string => {
    let text = quoted.get(route);
    if (text === undefined) {
      text = JSON.stringify(route);
      quoted.set(route, text);
    }
    return text;
  };
  return ({ requestId, method, route, status, durationMs, bytes, account }) => {
    if (!logger.isLevelEnabled('info')) return;
    stream.write(
      `{"level":"info"${timestamp()},"service":"${SERVICE}","request_id":"${requestId}","method":"${method}",` +
        `"route":${quote(route)},"status":${status},"duration_ms":${durationMs},"bytes":${bytes},` +
        `${account === null ? '' : `"account":"${account}",`}"msg":"request"}\n`,
    );
  };
}

/** What connections had been given when their last answer was written down. */
const toldBytes = new WeakMap<Socket, number>();

/** Bytes given to a connection since it was asked about last: those of one answer, when asked after each. */
export function bytesSince(socket: Socket | null): number {
  // Requests that tests inject have no real one.
  const now = socket?.bytesWritten;
  if (socket === null || now === undefined) return 0;
  const bytes = now - (toldBytes.get(socket) ?? 0);
  toldBytes.set(socket, now);
  return bytes;
}

/** Lines leave together, within this time at the latest, in ms: one system call a line would cost a tenth of the server's work. */
const FLUSH_EVERY_MS = 100;
/** Just under what pino writes at once. */
const FLUSH_AT_BYTES = 16_000;

/** Pino writes what is left when the process exits, and at once after a fatal line. */
function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, minLength: FLUSH_AT_BYTES, periodicFlush: FLUSH_EVERY_MS });
}

/** Many lines share a millisecond, and its text. */
function createTimestamp(): () => string {
  let atMs = 0;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== atMs) {
      atMs = nowMs;
      text = `,"time":"${new Date(nowMs).toISOString()}"`;
    }
    return text;
  };
}
