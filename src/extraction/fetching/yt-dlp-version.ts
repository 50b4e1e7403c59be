import type { Clock } from '../../platform/clock/index.ts';
import { runProgram } from './run-program.ts';
import type { YtDlp } from './yt-dlp.ts';

/** Python takes a second or two to start on a busy machine, in ms. */
const VERSION_TIMEOUT_MS = 20_000;

/** As it names itself, `2025.10.22`; null when it does not run. */
export async function readYtDlpVersion({ path }: Pick<YtDlp, 'path'>, clock: Clock): Promise<string | null> {
  let version: string | null = null;
  await runProgram({
    command: path,
    args: ['--ignore-config', '--version'],
    timeoutMs: VERSION_TIMEOUT_MS,
    silenceMs: VERSION_TIMEOUT_MS,
    onLine: (line) => {
      version ??= /^\d{4}\.\d{2}\.\d{2}\S*$/.exec(line.trim())?.[0] ?? null;
    },
    clock,
    signal: AbortSignal.timeout(2 * VERSION_TIMEOUT_MS),
  }).catch(() => undefined);
  return version;
}
