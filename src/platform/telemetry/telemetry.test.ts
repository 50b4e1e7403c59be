import { describe, expect, it } from 'vitest';
import { createLogger, createRequestLog } from './index.ts';

const request = { requestId: 'phone-42', method: 'GET', route: '/api/"x"/:id', status: 200, durationMs: 1.5 };

function logged(level: string) {
  const lines: string[] = [];
  const logger = createLogger({ level, destination: { write: (line) => void lines.push(line) } });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the line of a request', () => {
  it('is the line that the logger would have written', () => {
    const { logger, parsed } = logged('info');
    createRequestLog(logger)(request);
    logger.info(
      { request_id: 'phone-42', method: 'GET', route: '/api/"x"/:id', status: 200, duration_ms: 1.5 },
      'request',
    );
    const [ours, theirs] = parsed();
    expect({ ...ours, time: null }).toEqual({ ...theirs, time: null });
    expect(ours?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('is not written when only warnings are', () => {
    const { logger, lines } = logged('warn');
    createRequestLog(logger)(request);
    expect(lines).toEqual([]);
  });
});

describe('the log', () => {
  it('never holds a secret', () => {
    const { logger, lines } = logged('info');
    logger.info({ req: { headers: { authorization: 'Bearer abc' } }, user: { password: 'abc', token: 'abc' } }, 'x');
    expect(lines.join('')).not.toContain('abc');
  });
});
