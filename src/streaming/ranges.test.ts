import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnswerPlan, type ConditionalHeaders, planAnswer } from './plan-answer.ts';
import { parseRange, type RangeRequest } from './ranges.ts';

const part = (start: number, end: number): RangeRequest => ({ kind: 'part', start, end });
const whole: RangeRequest = { kind: 'whole' };
const unsatisfiable: RangeRequest = { kind: 'unsatisfiable' };

describe('a Range header', () => {
  it.each<[string | undefined, number, RangeRequest]>([
    [undefined, 1_000, whole],
    ['bytes=0-499', 1_000, part(0, 499)],
    ['bytes=500-999', 1_000, part(500, 999)],
    ['bytes=500-', 1_000, part(500, 999)],
    ['bytes=0-', 1_000, part(0, 999)],
    ['bytes=0-0', 1_000, part(0, 0)],
    ['bytes=999-', 1_000, part(999, 999)],
    ['bytes=900-5000', 1_000, part(900, 999)],
    ['bytes=-500', 1_000, part(500, 999)],
    ['bytes=-1', 1_000, part(999, 999)],
    ['bytes=-5000', 1_000, part(0, 999)],
    ['Bytes=0-1', 1_000, part(0, 1)],
    ['bytes= 0-1 ', 1_000, part(0, 1)],
    ['bytes=1000-', 1_000, unsatisfiable],
    ['bytes=1000-1001', 1_000, unsatisfiable],
    [`bytes=${'9'.repeat(400)}-`, 1_000, unsatisfiable],
    ['bytes=-0', 1_000, unsatisfiable],
    ['bytes=0-', 0, unsatisfiable],
    ['bytes=-1', 0, unsatisfiable],
    [`bytes=1-${'9'.repeat(400)}`, 1_000, part(1, 999)],
    ['bytes=0-1,5-6', 1_000, whole],
    ['bytes=5-4', 1_000, whole],
    ['bytes=-', 1_000, whole],
    ['bytes=', 1_000, whole],
    ['bytes', 1_000, whole],
    ['bytes=a-b', 1_000, whole],
    ['bytes=1-2-3', 1_000, whole],
    ['bytes=1.5-2', 1_000, whole],
    ['bytes=+1-2', 1_000, whole],
    ['bytes=0x0-0x9', 1_000, whole],
    ['seconds=0-1', 1_000, whole],
    ['', 1_000, whole],
  ])('%j of %d bytes is understood', (header, sizeBytes, expected) => {
    expect(parseRange(header, sizeBytes)).toEqual(expected);
  });

  it('never asks for bytes outside the representation, whatever it says', () => {
    const anyHeader = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat()).map(([first, last]) => `bytes=${first}-${last}`),
      fc.nat().map((length) => `bytes=-${length}`),
    );
    fc.assert(
      fc.property(anyHeader, fc.nat(), (header, sizeBytes) => {
        const range = parseRange(header, sizeBytes);
        if (range.kind !== 'part') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.start).toBeLessThanOrEqual(range.end);
        expect(range.end).toBeLessThan(sizeBytes);
      }),
    );
  });

  it('gives exactly the bytes of every range that lies inside', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.nat(), fc.nat(), (sizeBytes, one, other) => {
        const [first, last] = [one % sizeBytes, other % sizeBytes].sort((a, b) => a - b) as [number, number];
        expect(parseRange(`bytes=${first}-${last}`, sizeBytes)).toEqual(part(first, last));
        expect(parseRange(`bytes=-${sizeBytes - first}`, sizeBytes)).toEqual(part(first, sizeBytes - 1));
      }),
    );
  });
});

describe('an answer', () => {
  const lastModified = new Date('2026-10-07T08:00:00.750Z');
  const same = 'Wed, 07 Oct 2026 08:00:00 GMT';
  const earlier = 'Wed, 07 Oct 2026 07:59:59 GMT';
  const later = 'Wed, 07 Oct 2026 08:00:01 GMT';
  const all: AnswerPlan = { status: 200, start: 0, end: 999 };
  const some: AnswerPlan = { status: 206, start: 1, end: 2 };
  const range = 'bytes=1-2';

  it.each<[string, ConditionalHeaders, AnswerPlan]>([
    ['nothing asked', {}, all],
    ['a range', { range }, some],
    ['a range beyond the end', { range: 'bytes=1000-' }, { status: 416 }],
    ['the same ETag', { 'if-none-match': '"abc"' }, { status: 304 }],
    ['the same ETag among others, weak', { 'if-none-match': '"x", W/"abc"' }, { status: 304 }],
    ['any ETag', { 'if-none-match': '*' }, { status: 304 }],
    ['another ETag', { 'if-none-match': '"x"' }, all],
    ['not modified since', { 'if-modified-since': same }, { status: 304 }],
    ['modified since', { 'if-modified-since': earlier }, all],
    ['a date that is none', { 'if-modified-since': 'yesterday' }, all],
    ['a date that cannot be', { 'if-modified-since': 'Wed, 99 Oct 2026 08:00:00 GMT' }, all],
    ['ETag before date', { 'if-none-match': '"x"', 'if-modified-since': same }, all],
    ['304 before range', { 'if-none-match': '"abc"', range }, { status: 304 }],
    ['If-Match that holds', { 'if-match': '"x", "abc"' }, all],
    ['If-Match of anything', { 'if-match': '*' }, all],
    ['If-Match that fails', { 'if-match': '"x"' }, { status: 412 }],
    ['If-Match never weak', { 'if-match': 'W/"abc"' }, { status: 412 }],
    ['unmodified since', { 'if-unmodified-since': same }, all],
    ['unmodified since, but it was', { 'if-unmodified-since': earlier }, { status: 412 }],
    ['If-Match before date', { 'if-match': '"abc"', 'if-unmodified-since': earlier }, all],
    ['If-Range with the same ETag', { range, 'if-range': '"abc"' }, some],
    ['If-Range with another ETag', { range, 'if-range': '"x"' }, all],
    ['If-Range never weak', { range, 'if-range': 'W/"abc"' }, all],
    ['If-Range with the same date', { range, 'if-range': same }, some],
    ['If-Range with an earlier date', { range, 'if-range': earlier }, all],
    ['If-Range with a later date', { range, 'if-range': later }, all],
    ['If-Range that is neither', { range, 'if-range': 'abc' }, all],
    ['If-Range without a range', { 'if-range': '"abc"' }, all],
    ['an unsatisfiable range of something else', { range: 'bytes=5000-', 'if-range': '"x"' }, all],
  ])('is planned: %s', (_name, headers, expected) => {
    expect(planAnswer(headers, { sizeBytes: 1_000, etag: '"abc"', lastModified })).toEqual(expected);
  });

  it('of an empty representation is whole and empty', () => {
    expect(planAnswer({}, { sizeBytes: 0, etag: '"e"', lastModified })).toEqual({ status: 200, start: 0, end: -1 });
  });
});
