import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasProgram } from '../../../tests/support/audio-fixtures.ts';
import { hasFfmpeg } from '../../../tests/support/ffmpeg.ts';
import { systemClock } from '../../platform/clock/index.ts';
import { openingEndsAtMs } from '../../speech/index.ts';
import { type Ffmpeg, findFfmpeg } from '../fetching/ffmpeg.ts';
import { measureLevels, parseLevelLine } from './levels.ts';

test.each<[string, number | null]>([
  ['lavfi.astats.Overall.RMS_level=-23.723850', -24],
  ['lavfi.astats.Overall.RMS_level=-inf', -100],
  ['lavfi.astats.Overall.RMS_level=nan', -100],
  ['lavfi.astats.Overall.RMS_level=-123.4', -100],
  ['lavfi.astats.Overall.RMS_level=0', 0],
  ['lavfi.astats.Overall.RMS_level=', null],
  ['lavfi.astats.Overall.Peak_level=-23.7', null],
  ['frame:12   pts:96000   pts_time:12', null],
  ['', null],
])('%j is a level of %s', (line, level) => {
  expect(parseLevelLine(line)).toBe(level);
});

const tools = ['sox', 'espeak-ng', 'lame'];
const missing = [...(hasFfmpeg ? [] : ['ffmpeg']), ...tools.filter((name) => !hasProgram(name))];

describe.skipIf(missing.length > 0)(`sound made here (needs ffmpeg, ${tools.join(', ')})`, () => {
  let folder: string;
  let ffmpeg: Ffmpeg;
  let speechSeconds: number;
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  const WAVE = ['-r', '16000', '-c', '1', '-b', '16'];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'robian-opening-'));
    const found = await findFfmpeg({ configured: undefined, path: process.env.PATH, clock: systemClock });
    if (found === null) throw new Error('there is an ffmpeg');
    ffmpeg = found;
    const text =
      'La séance est ouverte. L’ordre du jour appelle la discussion de la proposition de loi visant à protéger les sources.';
    run('espeak-ng', '-v', 'fr', '-s', '150', '-w', 'said.wav', text);
    run('sox', 'said.wav', ...WAVE, 'speech.wav');
    speechSeconds = Number(run('soxi', '-D', 'speech.wav'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** `m`: a murmur (its volume in hundredths), `s`: speech, each with its seconds. */
  function record(name: string, parts: readonly (readonly ['m' | 's', number, number?])[]): string {
    const pieces = parts.map(([kind, seconds, volume = 0], index) => {
      const piece = `${name}-${index}.wav`;
      if (kind === 's')
        run(
          'sox',
          'speech.wav',
          piece,
          'repeat',
          String(Math.ceil(seconds / speechSeconds)),
          'trim',
          '0',
          String(seconds),
        );
      else run('sox', '-n', ...WAVE, piece, 'synth', String(seconds), 'pinknoise', 'vol', String(volume / 100));
      return piece;
    });
    run('sox', ...pieces, `${name}.wav`);
    run('lame', '--quiet', '-b', '64', `${name}.wav`, `${name}.mp3`);
    return join(folder, `${name}.mp3`);
  }
  const heard = async (path: string): Promise<number | null> => {
    const { signal } = new AbortController();
    return openingEndsAtMs(await measureLevels(ffmpeg, { path, seconds: 2_400, clock: systemClock, signal }));
  };

  test.each<[string, Parameters<typeof record>[1], number | null]>([
    [
      'murmur, then a sitting',
      [
        ['m', 90, 1],
        ['s', 150],
      ],
      88,
    ],
    [
      'no signal, then a sitting',
      [
        ['m', 90, 0],
        ['s', 150],
      ],
      88,
    ],
    [
      'a loud room, then a sitting',
      [
        ['m', 90, 8],
        ['s', 150],
      ],
      88,
    ],
    [
      'a test of the microphones between',
      [
        ['m', 50, 1],
        ['s', 8],
        ['m', 60, 1],
        ['s', 150],
      ],
      116,
    ],
    ['a sitting at once', [['s', 240]], null],
    ['an empty room', [['m', 240, 1]], null],
  ])('%s', { timeout: 60_000 }, async (what, parts, startSeconds) => {
    const found = await heard(record(what.replaceAll(/\W/g, ''), parts));
    if (startSeconds === null) expect(found).toBeNull();
    // MP3 adds a twentieth of a second at the beginning, and a word may start within a second.
    else expect(Math.abs((found ?? 0) / 1000 - startSeconds)).toBeLessThanOrEqual(1);
  });

  test('listens to the first seconds only, and to no more than there are', async () => {
    const path = record('short', [['m', 40, 1]]);
    const { signal } = new AbortController();
    expect(await measureLevels(ffmpeg, { path, seconds: 10, clock: systemClock, signal })).toHaveLength(10);
    const all = await measureLevels(ffmpeg, { path, seconds: 2_400, clock: systemClock, signal });
    expect(Math.abs(all.length - 40)).toBeLessThanOrEqual(1);
  });

  test('what is no sound is an error; an abort ends the program', async () => {
    const path = join(folder, 'page.mp3');
    writeFileSync(path, '<!doctype html>'.repeat(1_000));
    const options = { path, seconds: 60, clock: systemClock };
    const { signal } = new AbortController();
    await expect(measureLevels(ffmpeg, { ...options, signal })).rejects.toMatchObject({
      code: 'extraction/ffmpeg-failed',
    });
    const stop = new AbortController();
    const running = measureLevels(ffmpeg, { ...options, path: '/dev/zero', signal: stop.signal });
    stop.abort(new Error('stopping'));
    await expect(running).rejects.toThrow('stopping');
  });
});
