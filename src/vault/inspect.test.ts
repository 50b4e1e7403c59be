import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeAudio, hasProgram, mp3Frames } from '../../tests/support/audio-fixtures.ts';
import { differsInDuration, type InspectOptions, inspectFile, verdictOnMp3 } from './inspect.ts';
import type { Mp3Scan } from './mp3-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'robian-inspect-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sitting = mp3Frames(2_000);

async function inspect(bytes: Buffer, options: Partial<InspectOptions> = {}): ReturnType<typeof inspectFile> {
  const path = join(folder, 'file');
  await writeFile(path, bytes);
  return inspectFile(path, { format: 'mp3', ...options });
}

describe('inspection of an MP3', () => {
  it('gives hash, size and sound in one pass', async () => {
    const progress: number[] = [];
    const long = Buffer.concat([sitting, sitting]);
    const found = await inspect(long, {
      announced: { sizeBytes: long.length, durationSeconds: 104, durationAtLeastSeconds: 100 },
      onProgress: (readBytes) => progress.push(readBytes),
    });
    expect(found).toEqual({
      format: 'mp3',
      sha256: createHash('sha256').update(long).digest('hex'),
      sizeBytes: long.length,
      durationSeconds: (4_000 * 1_152) / 44_100,
      bitrateKbps: 128,
      sampleRateHz: 44_100,
      channels: 2,
    });
    expect(progress).toEqual([1_048_576, long.length]);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), {}, 'vault/not-audio'],
    ['a page', Buffer.from('<html>Demande de vidéo</html>'), { sizeBytes: 9 }, 'vault/not-audio'],
    ['zeros', Buffer.alloc(500_000), { sizeBytes: 500_000 }, 'vault/not-audio'],
    ['too few bytes', sitting, { sizeBytes: sitting.length + 1 }, 'vault/wrong-length'],
    ['too many bytes', sitting, { sizeBytes: sitting.length - 1 }, 'vault/wrong-length'],
    ['half a frame at the end', sitting.subarray(0, -100), {}, 'vault/truncated'],
    ['a hole', Buffer.concat([sitting, Buffer.alloc(100_000), sitting]), {}, 'vault/truncated'],
    ['too short a sound', sitting, { durationSeconds: 60 }, 'vault/wrong-duration'],
    ['less than the least', sitting, { durationAtLeastSeconds: 60 }, 'vault/wrong-duration'],
    ['too long a sound', sitting, { durationSeconds: 40 }, 'vault/wrong-duration'],
  ])('refuses %s', async (_name, bytes, announced, code) => {
    await expect(inspect(bytes, { announced })).rejects.toMatchObject({ code });
  });

  it('keeps a file that was itself published with half a frame at its end', async () => {
    const published = sitting.subarray(0, -100);
    await expect(inspect(published, { announced: { sizeBytes: published.length } })).resolves.toBeDefined();
  });

  it('refuses a file with fewer frames than its encoder announced, even of the announced length', () => {
    const scan = {
      frames: 900,
      announcedFrames: 1_000,
      garbageBytes: 0,
      valid: true,
      truncatedFrame: false,
    } as Mp3Scan;
    expect(verdictOnMp3(scan, 1_000, { sizeBytes: 1_000 })?.code).toBe('vault/truncated');
    expect(verdictOnMp3({ ...scan, frames: 999 }, 1_000, { sizeBytes: 1_000 })).toBeNull();
  });

  it('stops when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(inspect(sitting, { signal })).rejects.toThrow('cancelled');
  });
});

describe('duration against what was announced', () => {
  it.each([
    [3_600, { durationSeconds: 3_618 }, true],
    [3_600, { durationSeconds: 3_619 }, false],
    [3_600, { durationSeconds: 3_583 }, true],
    [3_600, { durationSeconds: 3_581 }, false],
    [10, { durationSeconds: 12 }, true],
    [10, { durationSeconds: 12.1 }, false],
    [917, { durationAtLeastSeconds: 3_600 }, false],
    [9_000, { durationAtLeastSeconds: 3_600 }, true],
    [9_000, {}, true],
  ])('takes %d s for %j: %s', (found, announced, accepted) => {
    expect(differsInDuration(found, announced) === null).toBe(accepted);
  });
});

describe.skipIf(!hasProgram('ffmpeg'))('inspection of an M4A', () => {
  const fragmented = [
    '-c:a',
    'aac',
    '-b:a',
    '64k',
    '-ac',
    '1',
    '-movflags',
    '+dash+global_sidx+delay_moov',
    '-frag_duration',
    '6000000',
  ];

  it('gives the sound of what ffmpeg made, and refuses it cut, padded, or of another kind', async () => {
    const made = join(folder, 'made.m4a');
    encodeAudio(made, 20, fragmented);
    const bytes = await readFile(made);
    const found = await inspect(bytes, { format: 'm4a', announced: { durationSeconds: 20 } });
    expect(found).toMatchObject({ format: 'm4a', sampleRateHz: 44_100, channels: 1, sizeBytes: bytes.length });
    const expected: [Buffer, InspectOptions['announced'], string][] = [
      [bytes.subarray(0, bytes.length / 2), {}, 'vault/truncated'],
      [bytes, { sizeBytes: 1 }, 'vault/wrong-length'],
      [bytes, { durationSeconds: 3_600 }, 'vault/wrong-duration'],
      [sitting, {}, 'vault/not-audio'],
    ];
    for (const [content, announced = {}, code] of expected) {
      await expect(inspect(content, { format: 'm4a', announced })).rejects.toMatchObject({ code });
    }
  });
});
