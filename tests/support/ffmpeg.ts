import { execFileSync, spawnSync } from 'node:child_process';

/** Tests that need the real ffmpeg are skipped, visibly, where there is none. */
export const hasFfmpeg = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;

export function ffmpeg(args: readonly string[], directory?: string): void {
  execFileSync('ffmpeg', ['-nostdin', '-y', '-loglevel', 'error', ...args], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** Seconds of sound that a full decode finds: the length that a listener hears. */
export function decodedSeconds(path: string): number {
  const pcm = execFileSync(
    'ffmpeg',
    ['-nostdin', '-loglevel', 'error', '-i', path, '-map', '0:a:0', '-f', 's16le', '-ac', '1', '-ar', '8000', 'pipe:1'],
    { maxBuffer: 256 * 1024 * 1024 },
  );
  return pcm.length / 16_000;
}
