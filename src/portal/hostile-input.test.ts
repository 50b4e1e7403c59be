import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../tests/support/portal-fixtures.ts';
import { AppError } from '../platform/errors/index.ts';
import { parseCaptions } from './parse-captions.ts';
import { parseDataNvs } from './parse-data-nvs.ts';
import { parseDaySearch } from './parse-day-search.ts';
import { parseEditorial } from './parse-editorial.ts';
import { parseHomeLinks } from './parse-home-links.ts';
import { parseLiveList } from './parse-live-list.ts';
import { parsePlayerNvs } from './parse-player-nvs.ts';
import { parseVideoPage } from './parse-video-page.ts';

/** A parser answers, or throws an error of the catalogue: nothing else. */
function survives(parse: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    parse(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toMatch(/^portal\/(malformed|html-instead)$/);
  }
}

describe.each([
  ['data.nvs', parseDataNvs, 'data-nvs/entities-and-typed-labels.nvs'],
  ['player', parsePlayerNvs, 'player/storyboard-marks-and-untimed-chapters.nvs'],
  ['day search', parseDaySearch, 'eventsearch/bad-rows-among-good.json'],
  ['video page', parseVideoPage, 'video-page/cart-title-first-and-crlf-config.html'],
  ['captions', parseCaptions, 'captions/iso-8859-1.srt'],
  ['programme', parseEditorial, 'editorial/html-entities-and-bare-tags.xml'],
  ['live list', parseLiveList, 'live-list/leading-slash-path-and-noise.txt'],
  ['links', parseHomeLinks, 'home/each-card-links-twice.html'],
] as const)('%s: broken input ends in an answer or a coded error', (_name, parse, path) => {
  const whole = fixture(path);

  test('cut anywhere', () => {
    fc.assert(fc.property(fc.nat(whole.length), (end) => survives(parse, whole.subarray(0, end))));
  });

  test('with bytes overwritten', () => {
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = Buffer.from(whole);
        for (const [at, byte] of changes) damaged[at] = byte;
        survives(parse, damaged);
      }),
    );
  });

  test('of random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => survives(parse, bytes)));
  });

  test('with a part repeated out of place', () => {
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length), fc.nat(whole.length), (a, b, at) => {
        const part = whole.subarray(Math.min(a, b), Math.max(a, b));
        survives(parse, Buffer.concat([whole.subarray(0, at), part, whole.subarray(at)]));
      }),
    );
  });

  // A quarter of a megabyte of what makes a careless pattern quadratic: that takes a minute, what is linear an instant.
  test.each([
    '<',
    '<a ',
    '&',
    '[',
    '"',
    "captionUrl='",
    'config_json={',
    ' ',
    '\n',
    '1',
    'video.1_6ac548b9',
    '00:00:01,000 --> ',
  ])(
    'made of %j only, in time that grows with its size',
    (piece) => {
      survives(parse, Buffer.from(piece.repeat(Math.floor((256 << 10) / piece.length))));
    },
    10_000,
  );
});
