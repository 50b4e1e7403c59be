import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

export type { Logger };

export interface LogOptions {
  level: string;
  /** Where lines go; standard output when absent. */
  destination?: DestinationStream;
}

/** One JSON line an event; secrets and addresses of listeners never enter one. */
export function createLogger(options: LogOptions): Logger {
  const settings: LoggerOptions = {
    level: options.level,
    base: { service: 'robian' },
    timestamp: createTimestamp(),
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

/** Lines leave together, within this time at the latest, in ms: one system call a line would cost a tenth of the server's work. */
const FLUSH_EVERY_MS = 100;
const FLUSH_AT_BYTES = 8_192;

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
