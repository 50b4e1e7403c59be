import { readFileSync } from 'node:fs';
import recorded from './recordings/recordings.json' with { type: 'json' };

/** What was measured when the recordings were made (see `scripts/make-demo-recordings.ts`). */
export interface Recorded {
  durationSeconds: number;
  /** Null where there is an MP3 and no HLS. */
  segmentSeconds: readonly number[] | null;
  lines: readonly RecordedLine[];
}

interface RecordedLine {
  mark: string;
  text: string;
  startsAtMs: number;
  endsAtMs: number;
}

export type RecordedName = keyof typeof recorded;

export function recordedFacts(name: RecordedName): Recorded {
  return recorded[name];
}

/** A file of `recordings/`, from disk at every call: they are small. */
export function readRecording(file: string): Buffer {
  return readFileSync(new URL(`./recordings/${file}`, import.meta.url));
}

/** When the first line of a chapter begins. */
export function markStartsAtMs({ lines }: Recorded, mark: string): number {
  const line = lines.find((candidate) => candidate.mark === mark);
  if (line === undefined) throw new Error(`no line is marked ${mark}`);
  return line.startsAtMs;
}
