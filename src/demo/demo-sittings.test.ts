import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filmed, SITTINGS } from '../../tests/support/demo-sittings.ts';
import { demoSittings } from './demo-sittings.ts';
import { renderEditorial } from './formats/editorial.ts';
import { parisStamp } from './formats/paris-time.ts';
import { markStartsAtMs, recordedFacts } from './recordings.ts';
import { type FilmedSitting, filmedSittings } from './sitting.ts';

const films = filmedSittings(SITTINGS);

describe('the sittings of the demonstration', () => {
  it('are one of each kind that a listener meets', () => {
    expect(SITTINGS).toHaveLength(8);
    expect(SITTINGS.map(({ state }) => state).filter((state) => state !== 'vod')).toEqual(['live', 'announced']);
    expect(
      films
        .map(({ videoType }) => videoType.code)
        .toSorted()
        .join(' '),
    ).toBe('C C C QG S S S');
    expect(films.filter(({ state, recording }) => state === 'vod' && !recording.hasAudioFile)).toHaveLength(1);
    expect(filmed('Audition').captions).toBeNull();
  });

  it('have ids of their own, and two films of one meeting', () => {
    expect(new Set(films.map(({ videoId }) => videoId)).size).toBe(films.length);
    expect(new Set(films.map(({ recording }) => recording.base)).size).toBe(films.length);
    expect(films.length - new Set(films.map(({ meetingId }) => meetingId)).size).toBe(1);
    const numbers = films.flatMap(({ chapters, speakers }) => [...allIds(chapters), ...speakers.map(({ id }) => id)]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each(films.map((film) => [film.title, film] as const))('follow the rules of ids and names: %s', (_, film) => {
    const { startsAtMs, base } = film.recording;
    expect(film.videoId).toMatch(/^\d+_[0-9a-f]{13}$/);
    expect(Number.parseInt(film.videoId.split('_')[1]?.slice(0, 8) ?? '', 16)).toBe(startsAtMs / 1000);
    expect(base.endsWith(`_${parisStamp(startsAtMs)}`)).toBe(true);
    expect(film.startsAtMs).toBeGreaterThanOrEqual(startsAtMs);
  });

  it('were recorded in the two days before, whenever that is', () => {
    for (const now of ['2026-03-29T00:30:00Z', '2026-10-25T02:30:00Z', '2027-01-01T23:30:00Z']) {
      const starts = demoSittings(new Date(now)).map(({ startsAtMs }) => (startsAtMs - Date.parse(now)) / 86_400_000);
      expect(starts.slice(0, 6).every((days) => days < 0 && days > -3)).toBe(true);
      expect(starts[6]).toBeLessThan(0);
      expect(starts[7]).toBeGreaterThan(0);
    }
  });

  it.each([0, 3, 5.9, 6, 13, 20.5, 23.9])('announce in the programme of the day, at %s hours in Paris too', (hours) => {
    const nowMs = Date.parse('2026-10-08T00:00:00+02:00') + hours * 3_600_000;
    const announced = demoSittings(new Date(nowMs)).filter(({ state }) => state === 'announced');
    expect(renderEditorial(announced, nowMs)).toContain('<uid_referentiel>');
    expect(announced[0]?.startsAtMs).toBeGreaterThanOrEqual(Math.floor(nowMs / 60_000) * 60_000);
  });

  it('are small enough to be committed: under 1.5 MB in all', () => {
    const folder = new URL('./recordings/', import.meta.url);
    const sizes = readdirSync(folder).map((file) => statSync(new URL(file, folder)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000);
  });

  it('refuse a chapter whose line was never spoken', () => {
    expect(() => markStartsAtMs(recordedFacts('seance-soir'), 'nowhere')).toThrow('no line is marked nowhere');
  });
});

const SAMPLE_RATE_HZ = 8000;

describe.skipIf(spawnSync('ffmpeg', ['-version']).error !== undefined)('the right second', () => {
  const spoken = films.filter(({ recording, captions }) => recording.mp3File !== null && captions !== null);

  it.each(spoken.map((film) => [film.title, film] as const))('is where captions and chapters say: %s', (_, film) => {
    const sound = decode(film);
    for (const cue of film.captions ?? []) {
      // The pause before a line is silent; within its first half second somebody speaks.
      if (cue.startsAtMs > 0) expect(loudness(sound, cue.startsAtMs - 250, cue.startsAtMs - 50)).toBeLessThan(100);
      expect(loudness(sound, cue.startsAtMs, cue.startsAtMs + 500)).toBeGreaterThan(500);
    }
    const cueStarts = new Set(film.captions?.map(({ startsAtMs }) => startsAtMs));
    for (const startsAtMs of allTimes(film.chapters)) expect(cueStarts).toContain(startsAtMs);
  });

  it('of a plenary sitting comes after six seconds of empty room', () => {
    const film = filmed('petites rivières');
    expect(film.startsAtMs - film.recording.startsAtMs).toBe(6000);
    expect(loudness(decode(film), 0, 5900)).toBeLessThan(10);
  });
});

function decode({ recording }: FilmedSitting): Int16Array {
  const path = new URL(`./recordings/${recording.mp3File}`, import.meta.url).pathname;
  const { stdout } = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-i', path, '-ac', '1', '-ar', String(SAMPLE_RATE_HZ), '-f', 's16le', 'pipe:1'],
    { maxBuffer: 10_000_000 },
  );
  return new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length / 2);
}

/** Root mean square of the samples, of 32,767. */
function loudness(sound: Int16Array, fromMs: number, toMs: number): number {
  const samples = sound.subarray((fromMs * SAMPLE_RATE_HZ) / 1000, (toMs * SAMPLE_RATE_HZ) / 1000);
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

function allIds(chapters: FilmedSitting['chapters']): number[] {
  return chapters.flatMap(({ id, chapters: children }) => [id, ...allIds(children)]);
}

function allTimes(chapters: FilmedSitting['chapters']): number[] {
  return chapters.flatMap(({ startsAtMs, chapters: children }) => [
    ...(startsAtMs === null ? [] : [startsAtMs]),
    ...allTimes(children),
  ]);
}
