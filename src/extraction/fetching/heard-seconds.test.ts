import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ffmpeg, hasFfmpeg } from '../../../tests/support/ffmpeg.ts';
import { heardSeconds } from './heard-seconds.ts';

const directory = mkdtempSync(join(tmpdir(), 'robian-heard-'));
afterAll(() => rmSync(directory, { recursive: true }));

const FRAGMENTED = ['-movflags', '+dash+global_sidx+delay_moov', '-frag_duration', '2000000', '-f', 'mp4'];

function encode(name: string, rate: number, filter: string[] = []): string {
  const path = join(directory, name);
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=300:sample_rate=${rate}:duration=30`];
  ffmpeg([...sound, ...filter, '-c:a', 'aac', '-b:a', '32k', ...FRAGMENTED, path]);
  return path;
}

describe.runIf(hasFfmpeg)('the sound that a fragmented MP4 holds', () => {
  it.each([44_100, 48_000, 22_050])('is all of it at %i Hz', async (rate) => {
    expect(Math.abs((await heardSeconds(encode(`${rate}.m4a`, rate))) - 30)).toBeLessThan(0.15);
  });

  it('does not count a gap that the timeline hides', async () => {
    // Frames of the seconds 10 to 20 are left out, the others keep their time.
    const filter = ['-af', "aselect='lt(t,10)+gt(t,20)'", '-fps_mode', 'passthrough'];
    expect(Math.abs((await heardSeconds(encode('gap.m4a', 44_100, filter))) - 20)).toBeLessThan(0.5);
  });

  it('of something else is an error, not a number', async () => {
    const path = join(directory, 'not.m4a');
    writeFileSync(path, Buffer.alloc(100_000, 'x'));
    await expect(heardSeconds(path)).rejects.toThrow();
    writeFileSync(path, '');
    await expect(heardSeconds(path)).rejects.toThrow('no timescale');
  });

  it('of a cut file is what is left', async () => {
    const path = encode('cut.m4a', 44_100);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length / 2));
    expect(await heardSeconds(path)).toBeLessThan(20);
  });
});
