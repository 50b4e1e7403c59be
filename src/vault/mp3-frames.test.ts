import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeAudio, hasProgram, mp3Frames, probeAudio } from '../../tests/support/audio-fixtures.ts';
import { createMp3Scanner, type Mp3Scan } from './mp3-frames.ts';

const folder = mkdtempSync(join(tmpdir(), 'robian-mp3-'));
afterAll(() => rmSync(folder, { recursive: true }));

function scan(bytes: Buffer, chunkBytes = bytes.length): Mp3Scan {
  const scanner = createMp3Scanner();
  for (let at = 0; at < bytes.length; at += chunkBytes) scanner.push(bytes.subarray(at, at + chunkBytes));
  return scanner.finish();
}

const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)]);
const id3v2 = (sizeBytes: number) =>
  Buffer.concat([
    Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, sizeBytes >> 7, sizeBytes & 0x7f]),
    Buffer.alloc(sizeBytes, 0xff),
  ]);
function apeFooter(): Buffer {
  const tag = Buffer.alloc(96);
  for (const [at, flags] of [
    [0, 0xa0000000],
    [64, 0x80000000],
  ] as const) {
    tag.write('APETAGEX', at, 'latin1');
    tag.writeUInt32LE(2_000, at + 8);
    tag.writeUInt32LE(64, at + 12);
    tag.writeUInt32LE(flags, at + 20);
  }
  return tag;
}

describe('whole files', () => {
  it('counts the frames of a constant bitrate and knows the duration to the sample', () => {
    expect(scan(mp3Frames(100))).toEqual({
      valid: true,
      frames: 100,
      durationSeconds: (100 * 1_152) / 44_100,
      bitrateKbps: 128,
      sampleRateHz: 44_100,
      channels: 2,
      firstFrameOffset: 0,
      garbageBytes: 0,
      truncatedFrame: false,
      announcedFrames: 0,
    });
  });

  it('believes a file of a single frame', () => {
    expect(scan(mp3Frames(1))).toMatchObject({ valid: true, frames: 1 });
  });

  it.each([
    ['ID3v2 before', Buffer.concat([id3v2(1_000), mp3Frames(10)]), 1_010],
    ['two ID3v2 before', Buffer.concat([id3v2(300), id3v2(20), mp3Frames(10)]), 340],
    ['ID3v1 after', Buffer.concat([mp3Frames(10), id3v1]), 0],
    ['ID3v1 after a single frame', Buffer.concat([mp3Frames(1), id3v1]), 0],
    ['APEv2 and ID3v1 after', Buffer.concat([mp3Frames(10), apeFooter(), id3v1]), 0],
    ['ID3v2 between two joined recordings', Buffer.concat([mp3Frames(5), id3v2(500), mp3Frames(5)]), 0],
  ])('takes tags for tags, not for sound nor garbage: %s', (_name, bytes, firstFrameOffset) => {
    expect(scan(bytes)).toMatchObject({ valid: true, garbageBytes: 0, truncatedFrame: false, firstFrameOffset });
  });

  it('does not step over a tag that claims more than any tag has', () => {
    const claim = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 127, 127, 127, 127]);
    expect(scan(Buffer.concat([claim, mp3Frames(10)]))).toMatchObject({ valid: true, frames: 10, garbageBytes: 10 });
  });

  it('tolerates a few bytes before the first frame and a frame lost at a splice', () => {
    const lost = Buffer.concat([Buffer.alloc(200, 1), mp3Frames(50), mp3Frames(1).subarray(100), mp3Frames(50)]);
    expect(scan(lost)).toMatchObject({ valid: true, frames: 100, firstFrameOffset: 200, garbageBytes: 200 + 317 });
  });
});

describe('what is not a whole MP3', () => {
  const megabyte = 1_048_576;
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(megabyte)],
    ['ones', Buffer.alloc(megabyte, 0xff)],
    ['noise', randomBytes(4 * megabyte)],
    ['a page', Buffer.from(`<!DOCTYPE html><html>${'<p>Demande de vidéo</p>'.repeat(10_000)}</html>`)],
    ['a short page', Buffer.from('<html>404</html>')],
    ['headers only by chance', Buffer.concat([mp3Frames(2), Buffer.alloc(100_000)])],
  ])('refuses %s', (_name, bytes) => {
    expect(scan(bytes).valid).toBe(false);
  });

  it('refuses a download with a hole of one piece in it', () => {
    const bytes = mp3Frames(2_000);
    bytes.fill(0, 400_000, 400_000 + 65_536);
    expect(scan(bytes).valid).toBe(false);
  });

  it('looks no further into a stream once it is given up, however long it is', () => {
    const scanner = createMp3Scanner();
    for (let pushed = 0; pushed < 64; pushed += 1) scanner.push(Buffer.alloc(megabyte));
    scanner.push(mp3Frames(100));
    expect(scanner.finish()).toMatchObject({ valid: false, frames: 0 });
  });

  it('says of every cut inside a frame that the file is truncated, and counts whole frames only', () => {
    const bytes = mp3Frames(12);
    const wholeFrames = (length: number): number => {
      for (let frames = 12; ; frames -= 1) if (mp3Frames(frames).length <= length) return frames;
    };
    for (let length = mp3Frames(4).length; length < bytes.length; length += 1) {
      const frames = wholeFrames(length);
      const cutInside = mp3Frames(frames).length !== length;
      expect([length, scan(bytes.subarray(0, length))]).toMatchObject([length, { frames, truncatedFrame: cutInside }]);
    }
  });
});

describe('chunks', () => {
  it('gives the same result however the bytes are cut', () => {
    const bytes = Buffer.concat([
      id3v2(150),
      Buffer.alloc(9, 1),
      mp3Frames(30),
      Buffer.from('xTAGx'),
      mp3Frames(30, 5),
      id3v1,
    ]);
    const whole = scan(bytes);
    expect(whole).toMatchObject({ valid: true, frames: 60 });
    for (const chunkBytes of [1, 2, 3, 7, 127, 417, 418, 1_000, 5_764, 11_528, 11_529])
      expect(scan(bytes, chunkBytes)).toEqual(whole);
  });

  it.each([1, 2, 3])('finds its way when a large chunk ends %d bytes into a header', (bytesOfHeader) => {
    const bytes = mp3Frames(400);
    const wholeFrames = mp3Frames(100).length;
    expect(scan(bytes, wholeFrames + bytesOfHeader)).toEqual(scan(bytes));
    const damaged = Buffer.concat([mp3Frames(100), Buffer.alloc(3_000, 1), mp3Frames(300)]);
    expect(scan(damaged, wholeFrames + bytesOfHeader)).toEqual(scan(damaged));
  });

  it('never throws and never depends on the cuts, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 400 }),
            fc.nat(20).map((frames) => mp3Frames(frames)),
            fc.constant(id3v1),
          ),
        ),
        fc.integer({ min: 1, max: 9_000 }),
        (pieces, chunkBytes) => {
          const bytes = Buffer.concat(pieces);
          expect(scan(bytes, chunkBytes)).toEqual(scan(bytes));
        },
      ),
    );
  });
});

describe.skipIf(!hasProgram('ffmpeg') || !hasProgram('ffprobe'))('against ffprobe', () => {
  it.each([
    ['cbr-stereo', ['-ac', '2', '-b:a', '128k']],
    ['cbr-mono-22050', ['-ac', '1', '-ar', '22050', '-b:a', '48k']],
    ['cbr-mono-8000', ['-ac', '1', '-ar', '8000', '-b:a', '16k']],
    ['vbr', ['-q:a', '4']],
    ['without-info-frame', ['-b:a', '96k', '-write_xing', '0']],
    ['with-tags', ['-b:a', '64k', '-metadata', 'title=Deuxième séance', '-write_id3v1', '1', '-id3v2_version', '3']],
    ['layer-2', ['-c:a', 'mp2', '-f', 'mp2', '-b:a', '192k']],
    ['layer-2-16000', ['-c:a', 'mp2', '-f', 'mp2', '-ar', '16000', '-b:a', '64k']],
  ])('finds the same packets, rate, channels and duration: %s', (name, encoding) => {
    const path = join(folder, `${name}.mp3`);
    encodeAudio(path, 7.3, encoding);
    const ours = scan(readFileSync(path), 65_536);
    const theirs = probeAudio(path);
    expect(ours).toMatchObject({ valid: true, garbageBytes: 0, truncatedFrame: false });
    expect(ours).toMatchObject({
      sampleRateHz: theirs.sampleRateHz,
      channels: theirs.channels,
      frames: theirs.packets,
    });
    expect(ours.announcedFrames === 0 || ours.announcedFrames === ours.frames).toBe(true);
    // ffprobe takes the encoder's delay and padding off, or guesses from the bitrate: both stay within three frames.
    expect(Math.abs(ours.durationSeconds - theirs.durationSeconds)).toBeLessThan(0.2);
  });

  it.skipIf(!hasProgram('lame'))('reads what lame writes, with the frames it announces', () => {
    const wave = join(folder, 'signal.wav');
    const path = join(folder, 'lame.mp3');
    encodeAudio(wave, 5, []);
    execFileSync('lame', ['--quiet', '-V', '5', '-m', 'm', '--tt', 'Séance', wave, path]);
    const ours = scan(readFileSync(path));
    expect(ours).toMatchObject({ valid: true, channels: 1, garbageBytes: 0, frames: ours.announcedFrames });
  });

  it('sees by the announced frames that a file cut between two frames is not whole', () => {
    const path = join(folder, 'announced.mp3');
    encodeAudio(path, 4, ['-b:a', '128k', '-write_id3v1', '0']);
    const bytes = readFileSync(path);
    const cut = scan(bytes.subarray(0, Math.floor(bytes.length / 2)));
    expect(cut.frames).toBeLessThan(cut.announcedFrames / 1.9);
  });
});
