import { describe, expect, it } from 'vitest';
import { createLogger, createRequestLog, currentRequestId, underRequestId } from './index.ts';

const request = {
  requestId: 'phone-42',
  method: 'GET',
  route: '/api/"x"/:id',
  status: 200,
  durationMs: 1.5,
  bytes: 300,
};
const byAccount = { ...request, account: 'ab12' };
const byNobody = { ...request, account: null };

function logged(level: string) {
  const lines: string[] = [];
  const logger = createLogger({ level, destination: { write: (line) => void lines.push(line) } });
  return { logger, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the line of a request', () => {
  it('is the line that the logger would have written', () => {
    const { logger, parsed } = logged('info');
    createRequestLog(logger)(byAccount);
    const fields = { method: 'GET', route: '/api/"x"/:id', status: 200, duration_ms: 1.5, bytes: 300 };
    logger.info({ request_id: 'phone-42', ...fields, account: 'ab12' }, 'request');
    createRequestLog(logger)(byNobody);
    const [ours, theirs, nobody] = parsed();
    expect(nobody).not.toHaveProperty('account');
    expect({ ...ours, time: null }).toEqual({ ...theirs, time: null });
    expect(ours?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('is not written when only warnings are', () => {
    const { logger, lines } = logged('warn');
    createRequestLog(logger)(byNobody);
    expect(lines).toEqual([]);
  });
});

describe('the trail of a request', () => {
  it('is on each line of the work that it asked for, and on no other', async () => {
    const { logger, parsed } = logged('info');
    await underRequestId('phone-42', async () => {
      await Promise.resolve();
      logger.info('at work');
      expect(currentRequestId()).toBe('phone-42');
    });
    logger.info('after');
    expect(parsed().map(({ msg, request_id: id }) => [msg, id])).toEqual([
      ['at work', 'phone-42'],
      ['after', undefined],
    ]);
  });
});

describe('the log', () => {
  it('never holds a secret', () => {
    const { logger, lines } = logged('info');
    logger.info({ req: { headers: { authorization: 'Bearer abc' } }, user: { password: 'abc', token: 'abc' } }, 'x');
    expect(lines.join('')).not.toContain('abc');
  });
});
