import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeAudio, hasProgram, probeAudio } from '../../tests/support/audio-fixtures.ts';
import { Mp4Error } from './mp4-boxes.ts';
import { type Mp4Sound, readMp4 } from './mp4-duration.ts';

const folder = mkdtempSync(join(tmpdir(), 'robian-mp4-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes read are counted: only metadata may be looked at. */
async function readBytes(bytes: Buffer): Promise<Mp4Sound & { readBytes: number }> {
  let read = 0;
  const sound = await readMp4(async (position, length) => {
    const piece = bytes.subarray(position, position + length);
    read += piece.length;
    return piece;
  }, bytes.length);
  return { ...sound, readBytes: read };
}

function box(type: string, ...content: Buffer[]): Buffer {
  const inside = Buffer.concat(content);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + inside.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, inside]);
}
const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [position, value] of values.entries()) bytes.writeUInt32BE(value, position * 4);
  return bytes;
};

/** A fragmented file made by hand: 48 kHz, one second a fragment by the defaults of trex, 64-bit sizes and version 1 boxes. */
function handMade(fragments: number, announcedSeconds = fragments): Buffer {
  const tkhd = box('tkhd', numbers(0x01000000, 0, 0, 0, 0, 7));
  const mdhd = box('mdhd', numbers(0x01000000, 0, 0, 0, 0, 48_000));
  const hdlr = box('hdlr', numbers(0, 0), Buffer.from('soun'));
  const entry = box('Opus', Buffer.alloc(16), Buffer.from([0, 2]), Buffer.alloc(6), Buffer.from([0xbb, 0x80, 0, 0]));
  const stbl = box('stbl', box('stsd', numbers(0, 1), entry), box('stts', numbers(0, 0)));
  const trak = box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', stbl)));
  const other = box('trak', box('mdia', box('hdlr', numbers(0, 0), Buffer.from('vide'))));
  const mvex = box('mvex', box('trex', numbers(0, 7, 1, 960, 0, 0)));
  const sidx = box(
    'sidx',
    numbers(0, 7, 48_000, 0, 0, 2, 100, announcedSeconds * 48_000, 0, 0x80000064, 999_999_999, 0),
  );
  const moof = box(
    'moof',
    box('traf', box('tfhd', numbers(0, 3))),
    box('traf', box('tfhd', numbers(0x2, 7, 1)), box('trun', numbers(0, 50))),
  );
  const large = Buffer.concat([numbers(1), Buffer.from('mdat'), numbers(0, 16 + 1_000), Buffer.alloc(1_000)]);
  return Buffer.concat([
    box('moov', other, trak, mvex),
    sidx,
    ...Array.from({ length: fragments }, () => [moof, large]).flat(),
  ]);
}

describe('hand-made files', () => {
  it('adds up the fragments of the sound track by the durations its defaults give', async () => {
    const sound = await readBytes(handMade(5));
    expect(sound).toMatchObject({ durationSeconds: 5, sampleRateHz: 48_000, channels: 2, bitrateKbps: 8 });
  });

  it('says truncated when the index announces more than there is', async () => {
    await expect(readBytes(handMade(5, 8))).rejects.toMatchObject({ truncated: true });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a page', Buffer.from('<!DOCTYPE html><html></html>')],
    ['zeros', Buffer.alloc(1_000)],
    ['no sound track', box('moov', box('trak', box('mdia', box('hdlr', numbers(0, 0), Buffer.from('vide')))))],
    ['a box smaller than its header', Buffer.concat([numbers(4), Buffer.from('moov')])],
    [
      'a moov that claims 16 MB and more',
      Buffer.concat([numbers(17_000_000), Buffer.from('moov'), Buffer.alloc(17_000_000)]),
    ],
  ])('refuses %s', async (_name, bytes) => {
    await expect(readBytes(bytes)).rejects.toBeInstanceOf(Mp4Error);
  });

  it('answers or throws its own error for any damage, and never reads without end', async () => {
    const whole = handMade(3);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(whole.length),
        async (changes, length) => {
          const damaged = Buffer.from(whole.subarray(0, length));
          for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
          await readBytes(damaged).catch((error: unknown) => expect(error).toBeInstanceOf(Mp4Error));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe.skipIf(!hasProgram('ffmpeg') || !hasProgram('ffprobe'))('against ffprobe', () => {
  const kept = ['-movflags', '+dash+global_sidx+delay_moov', '-frag_duration', '6000000'];
  const path = join(folder, 'kept.m4a');
  beforeAll(() => encodeAudio(path, 31.3, ['-c:a', 'aac', '-b:a', '64k', '-ac', '1', ...kept]));

  it.each([
    ['kept', ['-ac', '1', '-ar', '32000', ...kept]],
    ['plain', ['-ac', '2']],
    ['faststart', ['-ac', '2', '-movflags', '+faststart']],
    ['empty-moov', ['-ac', '1', '-movflags', '+empty_moov', '-frag_duration', '1000000']],
  ])('finds the same duration, rate and channels from metadata alone: %s', async (name, encoding) => {
    const made = join(folder, `${name}-probe.m4a`);
    encodeAudio(made, 20.7, ['-c:a', 'aac', '-b:a', '96k', ...encoding]);
    const bytes = readFileSync(made);
    const ours = await readBytes(bytes);
    const theirs = probeAudio(made);
    // The encoder's delay (1,024 samples) and the filling of the last frame are in the file, and not always in ffprobe's number.
    expect(Math.abs(ours.durationSeconds - theirs.durationSeconds)).toBeLessThan(0.1);
    expect(ours).toMatchObject({ sampleRateHz: theirs.sampleRateHz, channels: theirs.channels });
    expect(ours.readBytes).toBeLessThan(bytes.length / 10);
  });

  it('sees a cut anywhere after the metadata', async () => {
    const bytes = readFileSync(path);
    for (const share of [0.2, 0.5, 0.9, 0.999]) {
      await expect(readBytes(bytes.subarray(0, Math.floor(bytes.length * share)))).rejects.toMatchObject({
        truncated: true,
      });
    }
  });
});
