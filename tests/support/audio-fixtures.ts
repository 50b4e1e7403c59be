import { execFileSync } from 'node:child_process';

/** An MPEG-1 layer III header: 128 kbit/s, 44.1 kHz, stereo, no CRC. */
const HEADER = 0xfffb9000 | 0;
const PADDING = 0x200;
/** 144 × 128,000 ÷ 44,100 = 417.96: 417 bytes, and 418 when padded. */
const FRAME_BYTES = 417;

/** Structurally whole MP3 of `frames` frames whose payload is made from `seed`: different seeds, different bytes. */
export function mp3Frames(frames: number, seed = 0): Buffer {
  const pieces: Buffer[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const padded = frame % 25 !== 0;
    // 0xe0 and above after an 0xff would look like another header; these values never do.
    const piece = Buffer.alloc(FRAME_BYTES + (padded ? 1 : 0), (frame * 7 + seed) & 0x7f);
    piece.writeInt32BE(padded ? HEADER | PADDING : HEADER, 0);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Whether a program can be run here; tests that need an absent one are skipped visibly. */
export function hasProgram(name: string): boolean {
  try {
    execFileSync(name, ['-version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

/** Runs ffmpeg with a spoken-like signal of `seconds` as input 0 and writes `output`. */
export function encodeAudio(output: string, seconds: number, outputArguments: readonly string[]): void {
  const signal = `anoisesrc=d=${seconds}:c=pink:r=44100:a=0.2:seed=7`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', signal, ...outputArguments, output]);
}

/** What ffprobe reads, by decoding nothing: the peer our own readers are compared with. */
export function probeAudio(path: string): {
  durationSeconds: number;
  packets: number;
  sampleRateHz: number;
  channels: number;
} {
  const entries = 'stream=nb_read_packets,sample_rate,channels:format=duration';
  const json = execFileSync('ffprobe', [
    '-v',
    'error',
    '-count_packets',
    '-show_entries',
    entries,
    '-of',
    'json',
    path,
  ]);
  const probe = JSON.parse(json.toString()) as {
    streams: { nb_read_packets: string; sample_rate: string; channels: number }[];
    format: { duration: string };
  };
  const stream = probe.streams[0];
  if (!stream) throw new Error(`ffprobe found no stream in ${path}`);
  return {
    durationSeconds: Number(probe.format.duration),
    packets: Number(stream.nb_read_packets),
    sampleRateHz: Number(stream.sample_rate),
    channels: stream.channels,
  };
}
