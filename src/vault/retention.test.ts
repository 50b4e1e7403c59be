import { describe, expect, it } from 'vitest';
import { decideRetention, type RetentionRules } from './retention.ts';

const now = new Date('2026-11-01T00:00:00Z');
const file = (id: string, ageDays: number, sizeBytes: number, sha256 = id) => ({
  id,
  sha256,
  format: 'mp3' as const,
  sizeBytes,
  createdAt: new Date(now.getTime() - ageDays * 86_400_000),
});
const files = [file('new', 1, 100), file('old', 400, 50), file('middle', 30, 100)];
const shared = [file('first', 9, 100, 'same'), file('second', 8, 100, 'same'), file('third', 7, 100)];

describe('retention', () => {
  it.each<[string, typeof files, RetentionRules, [string, string][]]>([
    ['keeps all without rules', files, { maxAgeDays: null, maxTotalBytes: null }, []],
    ['keeps what is just old enough', files, { maxAgeDays: 400, maxTotalBytes: null }, []],
    [
      'retires by age',
      files,
      { maxAgeDays: 29, maxTotalBytes: null },
      [
        ['old', 'retention-age'],
        ['middle', 'retention-age'],
      ],
    ],
    ['keeps what just fits', files, { maxAgeDays: null, maxTotalBytes: 250 }, []],
    ['retires the oldest first by size', files, { maxAgeDays: null, maxTotalBytes: 249 }, [['old', 'retention-size']]],
    [
      'goes on until it fits',
      files,
      { maxAgeDays: null, maxTotalBytes: 199 },
      [
        ['old', 'retention-size'],
        ['middle', 'retention-size'],
      ],
    ],
    [
      'names age before size',
      files,
      { maxAgeDays: 100, maxTotalBytes: 150 },
      [
        ['old', 'retention-age'],
        ['middle', 'retention-size'],
      ],
    ],
    ['counts shared bytes once', shared, { maxAgeDays: null, maxTotalBytes: 200 }, []],
    [
      'frees shared bytes with their last user',
      shared,
      { maxAgeDays: null, maxTotalBytes: 199 },
      [
        ['first', 'retention-size'],
        ['second', 'retention-size'],
      ],
    ],
    [
      'may retire everything',
      files,
      { maxAgeDays: null, maxTotalBytes: 0 },
      [
        ['old', 'retention-size'],
        ['middle', 'retention-size'],
        ['new', 'retention-size'],
      ],
    ],
  ])('%s', (_name, given, rules, expected) => {
    expect([...decideRetention(given, rules, now)]).toEqual(expected);
  });
});
