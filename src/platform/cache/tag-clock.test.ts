import { describe, expect, it } from 'vitest';
import { createTagClock } from './tag-clock.ts';

describe('the last change of a tag', () => {
  it('is unknown until events are followed', () => {
    const clock = createTagClock();
    clock.touch('a', 5);
    expect(clock.latest(['a'])).toBeNull();
    clock.startAt(3);
    expect([clock.latest(['a']), clock.latest(['b']), clock.latest(['a', 'b'])]).toEqual([5, 3, 5]);
  });

  it('never goes back, whatever comes twice or late', () => {
    const clock = createTagClock();
    clock.startAt(10);
    clock.touch('a', 12);
    clock.touch('a', 11);
    clock.startAt(4);
    expect([clock.latest(['a']), clock.latest(['b'])]).toEqual([12, 10]);
  });

  it('is never taken for earlier than it was when there are too many tags to remember', () => {
    const clock = createTagClock(2);
    clock.startAt(1);
    for (const [position, tag] of ['a', 'b', 'a', 'c'].entries()) clock.touch(tag, 10 + position);
    expect(clock.latest(['b'])).toBe(11);
    expect(clock.latest(['a'])).toBe(12);
    expect(clock.latest(['never seen'])).toBe(11);
  });
});
