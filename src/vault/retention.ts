import type { AudioFile } from './audio-file.ts';
import { objectName } from './storage.ts';

/** What may be kept. Null: no limit. */
export interface RetentionRules {
  maxAgeDays: number | null;
  /** Of all distinct bytes together. */
  maxTotalBytes: number | null;
}

export type RetentionReason = 'retention-age' | 'retention-size';

const DAY_MS = 86_400_000;

/**
 * Which ready files go: those older than the rules allow, then the oldest until the others fit.
 * Bytes that several debates share count once, and go when the last of them goes.
 */
export function decideRetention(
  files: readonly Pick<AudioFile, 'id' | 'sha256' | 'format' | 'sizeBytes' | 'createdAt'>[],
  rules: RetentionRules,
  now: Date,
): Map<string, RetentionReason> {
  const going = new Map<string, RetentionReason>();
  const oldestFirst = files.toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
  const users = new Map<string, number>();
  let totalBytes = 0;
  for (const file of oldestFirst) {
    const name = objectName(file);
    const others = users.get(name) ?? 0;
    if (others === 0) totalBytes += file.sizeBytes;
    users.set(name, others + 1);
  }
  for (const file of oldestFirst) {
    const tooOld = rules.maxAgeDays !== null && now.getTime() - file.createdAt.getTime() > rules.maxAgeDays * DAY_MS;
    const tooMuch = rules.maxTotalBytes !== null && totalBytes > rules.maxTotalBytes;
    if (!tooOld && !tooMuch) break;
    going.set(file.id, tooOld ? 'retention-age' : 'retention-size');
    const name = objectName(file);
    const others = (users.get(name) ?? 1) - 1;
    users.set(name, others);
    if (others === 0) totalBytes -= file.sizeBytes;
  }
  return going;
}
