import { describe, expect, it } from 'vitest';
import { bufferSource } from './byte-source.ts';
import { planAnswer, type Representation } from './plan-answer.ts';

const MODIFIED_MS = Date.UTC(2026, 9, 6, 19, 15, 5, 400);
const MODIFIED = 'Tue, 06 Oct 2026 19:15:05 GMT';
const file: Representation = {
  status: 200,
  contentType: 'audio/mpeg',
  source: bufferSource(Buffer.alloc(1000)),
  etag: '"a1"',
  lastModifiedMs: MODIFIED_MS,
  acceptsRanges: true,
};

describe('a range is honoured as a web server does (RFC 9110 §14)', () => {
  it.each([
    ['bytes=0-0', 206, 0, 1, 'bytes 0-0/1000'],
    ['bytes=100-199', 206, 100, 200, 'bytes 100-199/1000'],
    ['bytes=900-', 206, 900, 1000, 'bytes 900-999/1000'],
    ['bytes=990-5000', 206, 990, 1000, 'bytes 990-999/1000'],
    ['bytes=-10', 206, 990, 1000, 'bytes 990-999/1000'],
    ['bytes=-5000', 206, 0, 1000, 'bytes 0-999/1000'],
    ['bytes=1000-', 416, 0, 0, 'bytes */1000'],
    ['bytes=-0', 416, 0, 0, 'bytes */1000'],
    ['bytes=5-2', 200, 0, 1000, undefined],
    ['bytes=0-1,5-6', 200, 0, 1000, undefined],
    ['bytes=-', 200, 0, 1000, undefined],
    ['lines=1-2', 200, 0, 1000, undefined],
  ])('%s → %i', (range, status, from, to, contentRange) => {
    const plan = planAnswer({ range }, file);
    expect(plan).toMatchObject({ status, from, to });
    expect(plan.headers['content-range']).toBe(contentRange);
    expect(plan.headers['content-length']).toBe(String(to - from));
  });

  it('is ignored, and not offered, by an origin without ranges', () => {
    const plan = planAnswer({ range: 'bytes=0-0' }, { ...file, acceptsRanges: false });
    expect(plan.status).toBe(200);
    expect(plan.headers).not.toHaveProperty('accept-ranges');
  });
});

describe('If-Range gives the whole as soon as the file is another one (RFC 9110 §13.1.5)', () => {
  it.each([
    ['"a1"', 206],
    ['"b2"', 200],
    ['W/"a1"', 200],
    [MODIFIED, 206],
    ['Tue, 06 Oct 2026 19:15:04 GMT', 200],
    ['nonsense', 200],
  ])('%s → %i', (ifRange, status) => {
    expect(planAnswer({ range: 'bytes=0-0', 'if-range': ifRange }, file).status).toBe(status);
  });

  it('never matches a date of a file that has none', () => {
    const undated = { ...file, lastModifiedMs: null };
    expect(planAnswer({ range: 'bytes=0-0', 'if-range': MODIFIED }, undated).status).toBe(200);
  });
});

describe('a validator that still holds gives 304 without a body (RFC 9110 §13.1)', () => {
  it.each([
    [{ 'if-none-match': '"a1"' }, 304],
    [{ 'if-none-match': '"z", W/"a1"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"z"', 'if-modified-since': MODIFIED }, 200],
    [{ 'if-modified-since': MODIFIED }, 304],
    [{ 'if-modified-since': 'Tue, 06 Oct 2026 19:15:04 GMT' }, 200],
    [{ 'if-modified-since': 'nonsense' }, 200],
  ])('%j → %i', (headers, status) => {
    const plan = planAnswer(headers, file);
    expect(plan.status).toBe(status);
    if (status === 304) expect(plan).toMatchObject({ from: 0, to: 0 });
  });

  it('says nothing of an error page', () => {
    expect(planAnswer({ 'if-none-match': '*' }, { ...file, status: 503 }).status).toBe(503);
  });
});
