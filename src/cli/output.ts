import { Presets, SingleBar } from 'cli-progress';

/** Where a command speaks: a person at a terminal, a log, or a machine (`--json`). */
export interface Output {
  /** One line for people; nothing with `--json`. */
  say(text: string): void;
  /** The result, as one JSON line with `--json`, else as `text`. */
  result(value: unknown, text: string): void;
  /** What went wrong, on standard error. */
  complain(text: string): void;
  progress(label: string): Progress;
}

export interface Progress {
  /** `done` of `total` (null while unknown), in any unit; `note` says it in words. */
  update(done: number, total: number | null, note: string): void;
  end(note: string): void;
}

/** Plain lines (no terminal) at this pace at most, in ms: a log is read afterwards. */
const PLAIN_EVERY_MS = 5_000;

export function createOutput(options: {
  json: boolean;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  monotonicMs: () => number;
}): Output {
  const { json, stdout, stderr, monotonicMs } = options;
  const say = (text: string): void => {
    if (!json) stdout.write(`${text}\n`);
  };
  return {
    say,
    result: (value, text) => stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`),
    complain: (text) => stderr.write(json ? `${JSON.stringify({ error: text })}\n` : `${text}\n`),
    progress: (label) => {
      if (json) return { update: () => undefined, end: () => undefined };
      return stdout.isTTY ? barProgress(label, stdout) : plainProgress(label, say, monotonicMs);
    },
  };
}

function barProgress(label: string, stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar(
    { format: `${label} {bar} {percentage}% {note}`, stream, hideCursor: true, clearOnComplete: false },
    Presets.shades_classic,
  );
  let started = false;
  const show = (done: number, total: number, note: string): void => {
    if (!started) bar.start(total, done, { note });
    else {
      bar.setTotal(total);
      bar.update(done, { note });
    }
    started = true;
  };
  return {
    update: (done, total, note) => show(done, total ?? Math.max(done, 1), note),
    end: (note) => {
      show(1, 1, note);
      bar.stop();
    },
  };
}

function plainProgress(label: string, say: (text: string) => void, monotonicMs: () => number): Progress {
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    update: (done, total, note) => {
      if (monotonicMs() - lastMs < PLAIN_EVERY_MS) return;
      lastMs = monotonicMs();
      const percent = total ? ` ${Math.floor((done / total) * 100)}%` : '';
      say(`${label}${percent} ${note}`.trimEnd());
    },
    end: (note) => say(`${label} ${note}`.trimEnd()),
  };
}
