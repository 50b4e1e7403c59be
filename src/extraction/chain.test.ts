import { describe, expect, it } from 'vitest';
import type { AppError } from '../platform/errors/index.ts';
import type { MediaCandidate } from '../sources/index.ts';
import {
  afterFailure,
  MAX_ATTEMPTS,
  nextCandidate,
  orderCandidates,
  recordFailure,
  type SourceFailure,
} from './chain.ts';
import { extractionErrors } from './errors.ts';

const candidate = (kind: MediaCandidate['kind'], url = `http://m/${kind}`): MediaCandidate => ({
  kind,
  url,
  durationAtLeastSeconds: null,
});
const [mp3, hls, page, mp4] = [candidate('mp3'), candidate('hls'), candidate('page'), candidate('mp4')];
const all = [mp4, page, hls, mp3];

describe('the order of sources', () => {
  it('fewest bytes first; addresses once', () => {
    expect(orderCandidates([...all, mp3], 'mp3')).toEqual([mp3, hls, page, mp4]);
  });

  it('two of one kind keep the order of the source that named them', () => {
    const a = candidate('hls', 'http://m/a');
    const b = candidate('hls', 'http://m/b');
    expect(orderCandidates([a, mp3, b], 'mp3')).toEqual([mp3, a, b]);
  });

  it('m4a leaves the MP3 out', () => {
    expect(orderCandidates(all, 'm4a')).toEqual([hls, page, mp4]);
  });

  it('is bounded', () => {
    const many = Array.from({ length: 50 }, (_, n) => candidate('page', `http://m/${n}`));
    expect(orderCandidates(many, 'mp3')).toHaveLength(8);
  });

  it('what is over is passed over', () => {
    const over: SourceFailure = {
      url: mp3.url,
      kind: 'mp3',
      code: 'extraction/source-missing',
      params: {},
      tries: 1,
      over: true,
    };
    expect(nextCandidate([mp3, hls], [over])).toBe(hls);
    expect(nextCandidate([mp3], [over])).toBeNull();
    expect(nextCandidate([mp3], [{ ...over, over: false }])).toBe(mp3);
  });
});

/** Fails `failed` with each error in turn and gives what follows on the last. */
function follow(failed: MediaCandidate, errors: AppError[], ordered: MediaCandidate[], attempts = 1) {
  let failures: SourceFailure[] = [];
  for (const error of errors) failures = recordFailure(failures, failed, error);
  const error = errors.at(-1);
  if (error === undefined) throw new Error('no error');
  return { step: afterFailure({ ordered, failures, failed, error, attempts, random: 0.5 }), failures };
}

const missing = extractionErrors.error('source-missing');
const timeout = extractionErrors.error('source-timeout');
const both = [mp3, hls];

describe('what follows on a failure', () => {
  it.each<[string, AppError[], MediaCandidate[], object]>([
    ['final: the next source at once', [missing], both, { do: 'next-source' }],
    ['final, nothing left: the end', [missing], [mp3], { do: 'fail', code: 'extraction/source-missing' }],
    ['passing: the same source a little later', [timeout], both, { do: 'retry-later', afterSeconds: 5 }],
    ['passing again: later still', [timeout, timeout], both, { do: 'retry-later', afterSeconds: 20 }],
    ['passing three times: the next source', [timeout, timeout, timeout], both, { do: 'next-source' }],
    [
      'passing three times, nothing left',
      [timeout, timeout, timeout],
      [mp3],
      { do: 'fail', code: 'extraction/source-timeout' },
    ],
    [
      'busy: not before the source allows',
      [extractionErrors.error('source-busy', { retryAfterSeconds: 90 })],
      both,
      { do: 'retry-later', afterSeconds: 90 },
    ],
    [
      'busy for hours: the next source',
      [extractionErrors.error('source-busy', { retryAfterSeconds: 7200 })],
      both,
      { do: 'next-source' },
    ],
    ['a page in place of the sound', [extractionErrors.error('not-audio')], both, { do: 'next-source' }],
    ['a tool that is missing', [extractionErrors.error('ffmpeg-missing')], both, { do: 'next-source' }],
    [
      'a full disk: no larger source',
      [extractionErrors.error('disk-full')],
      both,
      { do: 'fail', code: 'extraction/disk-full' },
    ],
    [
      'a disk that is nearly full',
      [extractionErrors.error('disk-low')],
      both,
      { do: 'fail', code: 'extraction/disk-low' },
    ],
  ])('%s', (_name, errors, ordered, step) => {
    expect(follow(mp3, errors, ordered).step).toMatchObject(step);
  });

  it('a run that was begun too often ends', () => {
    expect(follow(mp3, [timeout], both, MAX_ATTEMPTS).step).toMatchObject({
      do: 'fail',
      code: 'extraction/source-timeout',
    });
  });

  it('in the end the best source tells why, not the makeshift', () => {
    const failures = recordFailure(recordFailure([], mp3, missing), hls, extractionErrors.error('ffmpeg-missing'));
    const error = extractionErrors.error('ffmpeg-missing');
    const step = afterFailure({ ordered: both, failures, failed: hls, error, attempts: 1, random: 0 });
    expect(step).toEqual({ do: 'fail', code: 'extraction/source-missing', params: {} });
    expect(failures).toMatchObject([
      { kind: 'mp3', code: 'extraction/source-missing', tries: 1, over: true },
      { kind: 'hls', code: 'extraction/ffmpeg-missing', tries: 1, over: true },
    ]);
  });
});
