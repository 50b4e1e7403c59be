import { SingleBar } from 'cli-progress';

/** Where a command speaks: a person at a terminal, a log, or a machine (`--json`). */
export interface Output {
  /** One line for people; nothing with `--json`. */
  say(text: string): void;
  /** The result, as one JSON line with `--json`, else as `text`. */
  result(value: unknown, text: string): void;
  /** What went wrong, on standard error. */
  complain(text: string): void;
  /** Shows how far `work` is until it ends; then the note that comes with its value. */
  track<T>(label: string, work: (update: Update) => Promise<Tracked<T>>): Promise<T>;
}

/** `done` of `total` (null while unknown), in any unit; `note` says it in words. */
export type Update = (done: number, total: number | null, note: string) => void;

export interface Tracked<T> {
  value: T;
  note: string;
}

interface Progress {
  update: Update;
  end(note: string): void;
  fail(): void;
}

/** Plain lines (no terminal) at this pace at most, in ms: a log is read afterwards. */
const PLAIN_EVERY_MS = 5_000;
/** Leaves room for the label and the note on a terminal of 80 columns. */
const BAR_COLUMNS = 16;
const SILENT: Progress = { update: () => undefined, end: () => undefined, fail: () => undefined };

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
  const progressOf = (label: string): Progress => {
    if (json) return SILENT;
    return stdout.isTTY ? barProgress(label, stdout) : plainProgress(label, say, monotonicMs);
  };
  return {
    say,
    result: (value, text) => stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`),
    complain: (text) => stderr.write(json ? `${JSON.stringify({ error: text })}\n` : `${text}\n`),
    track: async (label, work) => {
      const progress = progressOf(label);
      try {
        const { value, note } = await work(progress.update);
        progress.end(note);
        return value;
      } catch (error) {
        progress.fail();
        throw error;
      }
    },
  };
}

function barProgress(label: string, stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar({
    stream,
    // The cursor is left alone: a process that is killed cannot give it back.
    hideCursor: false,
    format: (_options, { progress }, payload: { note: string; known: boolean }) => {
      if (!payload.known) return `${label} ${payload.note}`;
      const filled = Math.round(progress * BAR_COLUMNS);
      const drawn = '█'.repeat(filled) + '░'.repeat(BAR_COLUMNS - filled);
      return `${label} ${drawn} ${Math.floor(progress * 100)}% ${payload.note}`;
    },
  });
  let started = false;
  const show = (done: number, total: number | null, note: string): void => {
    const payload = { note, known: total !== null };
    if (!started) bar.start(total ?? 1, done, payload);
    else {
      bar.setTotal(total ?? 1);
      bar.update(done, payload);
    }
    started = true;
  };
  return {
    update: show,
    end: (note) => {
      show(1, 1, note);
      bar.stop();
    },
    fail: () => bar.stop(),
  };
}

function plainProgress(label: string, say: (text: string) => void, monotonicMs: () => number): Progress {
  // What is done within one pause needs only its last line.
  let lastMs = monotonicMs();
  return {
    update: (done, total, note) => {
      if (monotonicMs() - lastMs < PLAIN_EVERY_MS) return;
      lastMs = monotonicMs();
      const percent = total ? ` ${Math.floor((done / total) * 100)}%` : '';
      say(`${label}${percent} ${note}`.trimEnd());
    },
    end: (note) => say(`${label} ${note}`.trimEnd()),
    fail: () => undefined,
  };
}
