/**
 * Makes the demonstration's recordings anew: `node scripts/make-demo-recordings.ts`.
 *
 * Needs espeak-ng, sox, lame and ffmpeg (Debian packages of those names; the committed files are of Debian 12's). The same
 * versions give the same bytes. Each line of `demo-plays.ts` is spoken by itself and its length measured, so that the
 * times in `recordings.json` are those of the sound and not a guess.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Line, PLAYS, type Play, VOICES } from './demo-plays.ts';

const OUTPUT = new URL('../src/demo/recordings/', import.meta.url).pathname;
/** espeak-ng's own rate; MPEG-2 layer III has it too, so nothing is resampled. */
const SAMPLE_RATE_HZ = 22_050;
/** A breath between two lines. */
const PAUSE_SECONDS = 0.4;
/** Speech stays clear at this rate, and the whole set stays small enough to be committed. */
const MP3_KBPS = 32;
/** This play has no MP3: it stands for a sitting of which the origin has HLS only. */
const HLS_PLAY = 'commission-littoral';
/** Bandwidths are those that the Assembly's master playlists announce; sizes are symbolic. */
const HLS_VARIANTS = [
  { name: 'b500000', size: '64x36' },
  { name: 'b1000000', size: '96x54' },
  { name: 'b2000000', size: '128x72' },
] as const;
const HLS_SEGMENT_SECONDS = 4;

interface SpokenLine extends Pick<Line, 'mark' | 'text'> {
  startsAtMs: number;
  endsAtMs: number;
}

function run(command: string, ...parameters: string[]): string {
  return execFileSync(command, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function samplesOf(file: string): number {
  return Number(run('soxi', '-s', file));
}

function silence(file: string, seconds: number): void {
  run('sox', '-D', '-n', '-r', String(SAMPLE_RATE_HZ), '-b', '16', '-c', '1', file, 'trim', '0', String(seconds));
}

/** Speaks the whole play into one WAV file and returns where each line lies in it. */
function speak(play: Play, folder: string): { wav: string; lines: SpokenLine[]; durationSeconds: number } {
  const pause = join(folder, 'pause.wav');
  silence(pause, PAUSE_SECONDS);
  const pieces: string[] = [];
  const lines: SpokenLine[] = [];
  let samples = 0;
  const append = (file: string) => {
    pieces.push(file);
    samples += samplesOf(file);
  };
  const nowMs = () => Math.round((samples * 1000) / SAMPLE_RATE_HZ);

  if (play.prerollSeconds > 0) {
    const preroll = join(folder, 'preroll.wav');
    silence(preroll, play.prerollSeconds);
    append(preroll);
  }
  for (const [index, { mark, voice, text }] of play.lines.entries()) {
    const { name, speed, pitch } = VOICES[voice];
    const file = join(folder, `line-${index}.wav`);
    run('espeak-ng', '-v', name, '-s', String(speed), '-p', String(pitch), '-w', file, text);
    const startsAtMs = nowMs();
    append(file);
    lines.push({ mark, text, startsAtMs, endsAtMs: nowMs() });
    append(pause);
  }
  const wav = join(folder, 'play.wav');
  run('sox', '-D', ...pieces, wav);
  return { wav, lines, durationSeconds: samples / SAMPLE_RATE_HZ };
}

function encodeMp3(wav: string, name: string): void {
  run('lame', '--quiet', '--cbr', '-b', String(MP3_KBPS), '-m', 'm', wav, join(OUTPUT, `${name}.mp3`));
}

/** Three variants of MPEG-TS segments; returns the length of each segment in seconds. */
function encodeHls(wav: string, name: string, durationSeconds: number, folder: string): number[] {
  let playlist = '';
  for (const variant of HLS_VARIANTS) {
    const picture = `color=c=darkblue:size=${variant.size}:rate=5`;
    const reproducible = ['-threads', '1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'];
    const video = ['-c:v', 'libx264', '-preset', 'veryslow', '-crf', '40', '-pix_fmt', 'yuv420p', '-g', '20'];
    const audio = ['-c:a', 'aac', '-b:a', '24k', '-ac', '1'];
    const hls = ['-f', 'hls', '-hls_time', String(HLS_SEGMENT_SECONDS), '-hls_list_size', '0'];
    const files = [
      '-hls_segment_filename',
      join(OUTPUT, `${name}_${variant.name}_%d.mpegts`),
      join(folder, 'media.m3u8'),
    ];
    const length = ['-t', durationSeconds.toFixed(3)];
    const inputs = ['-f', 'lavfi', ...length, '-i', picture, '-i', wav, '-map', '0:v', '-map', '1:a'];
    run('ffmpeg', '-y', '-v', 'error', ...inputs, ...reproducible, ...video, ...audio, ...hls, ...files);
    playlist = run('cat', join(folder, 'media.m3u8'));
  }
  return [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) => Number(seconds));
}

for (const file of readdirSync(OUTPUT)) rmSync(join(OUTPUT, file));
const recordings: Record<string, unknown> = {};
for (const play of PLAYS) {
  const folder = mkdtempSync(join(tmpdir(), 'demo-recordings-'));
  const { wav, lines, durationSeconds } = speak(play, folder);
  const segmentSeconds = play.name === HLS_PLAY ? encodeHls(wav, play.name, durationSeconds, folder) : null;
  if (segmentSeconds === null) encodeMp3(wav, play.name);
  recordings[play.name] = { durationSeconds, segmentSeconds, lines };
  rmSync(folder, { recursive: true });
}
writeFileSync(join(OUTPUT, 'recordings.json'), `${JSON.stringify(recordings, null, 2)}\n`);
run('node_modules/.bin/biome', 'format', '--write', OUTPUT);
