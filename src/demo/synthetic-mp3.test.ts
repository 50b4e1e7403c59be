import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { syntheticMp3OfDuration, syntheticMp3OfSize } from './synthetic-mp3.ts';

const CYCLE_BYTES = 20_480;

describe('the synthetic recording', () => {
  it('gives for any span the bytes of the whole file at that place', () => {
    const mp3 = syntheticMp3OfSize(5 * CYCLE_BYTES + 9999);
    const whole = mp3.slice(0, mp3.sizeBytes);
    for (const [from, to] of [
      [0, 1],
      [1, CYCLE_BYTES - 1],
      [CYCLE_BYTES - 1, CYCLE_BYTES + 1],
      [30_000, 70_000],
      [mp3.sizeBytes - 5, mp3.sizeBytes],
      [7, 7],
    ] as const) {
      expect(mp3.slice(from, to).equals(whole.subarray(from, to))).toBe(true);
    }
  });

  it('repeats no span, so that a piece at the wrong place is seen', () => {
    const mp3 = syntheticMp3OfSize(4 * CYCLE_BYTES);
    const cycles = [0, 1, 2, 3].map((cycle) =>
      mp3.slice(cycle * CYCLE_BYTES, (cycle + 1) * CYCLE_BYTES).toString('hex'),
    );
    expect(new Set(cycles).size).toBe(4);
  });

  it('stays the same from one version to the next', () => {
    const mp3 = syntheticMp3OfDuration(10);
    expect(createHash('sha256').update(mp3.slice(0, mp3.sizeBytes)).digest('hex')).toMatchInlineSnapshot(
      `"e7f172e0e8134c5db7501b0231a704581a17b6c26ea95f305d8682a0dcc7bc14"`,
    );
  });

  it.each([417, 418, 1000, 20_479, 20_480, 20_481, 1_000_000])(
    'of at most %i bytes is cut at a whole frame',
    (maxBytes) => {
      const mp3 = syntheticMp3OfSize(maxBytes);
      expect(mp3.sizeBytes).toBeLessThanOrEqual(maxBytes);
      expect(maxBytes - mp3.sizeBytes).toBeLessThan(418);
      expect(syntheticMp3OfDuration(mp3.durationSeconds).sizeBytes).toBe(mp3.sizeBytes);
    },
  );

  it('has an hour in 57.6 MB', () => {
    const mp3 = syntheticMp3OfDuration(3600);
    expect(mp3.durationSeconds).toBeCloseTo(3600, 1);
    expect(mp3.sizeBytes).toBeCloseTo(57_600_000, -3);
  });

  it('differs by seed and not in size', () => {
    const [first, second] = [syntheticMp3OfSize(50_000, 1), syntheticMp3OfSize(50_000, 2)];
    expect(first.sizeBytes).toBe(second.sizeBytes);
    expect(first.slice(0, 50_000).equals(second.slice(0, 50_000))).toBe(false);
  });

  it.skipIf(spawnSync('ffmpeg', ['-version']).error !== undefined)(
    'decodes without a complaint to its duration',
    () => {
      const mp3 = syntheticMp3OfDuration(5);
      const decoded = spawnSync('ffmpeg', ['-v', 'warning', '-f', 'mp3', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'], {
        input: mp3.slice(0, mp3.sizeBytes),
        maxBuffer: 10_000_000,
      });
      expect(decoded.stderr.toString()).toBe('');
      const bytesPerSecond = 44_100 * 2 * 2;
      expect(decoded.stdout.length / bytesPerSecond).toBeCloseTo(mp3.durationSeconds, 3);
    },
  );
});
