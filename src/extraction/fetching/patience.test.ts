import { describe, expect, it } from 'vitest';
import { bear, type Patience } from './patience.ts';

const fresh: Patience = { connections: 4, fruitless: 0 };

describe('how a download bears with its server', () => {
  it('429 takes one connection away and quietens all for as long as the server asks', () => {
    const [next, bearing] = bear(fresh, { kind: 'rate-limited', broughtBytes: 0, retryAfterMs: 3_000 }, 0);
    expect(next).toEqual({ connections: 3, fruitless: 1 });
    expect(bearing).toEqual({ do: 'wait', waitMs: 3_000, all: true });
  });

  it('the last connection is never taken away', () => {
    const [next] = bear({ connections: 1, fruitless: 0 }, { kind: 'rate-limited', broughtBytes: 0 }, 0);
    expect(next.connections).toBe(1);
  });

  it('a server that asks for more than a minute is left for a later attempt', () => {
    const [, bearing] = bear(fresh, { kind: 'rate-limited', broughtBytes: 0, retryAfterMs: 61_000 }, 0);
    expect(bearing).toEqual({ do: 'give-up' });
  });

  it('a final answer is not asked for twice', () => {
    expect(bear(fresh, { kind: 'final', broughtBytes: 1e6 }, 0)[1]).toEqual({ do: 'give-up' });
  });

  it.each([
    [0, 0, 125],
    [0, 0.999, 250],
    [1, 0, 250],
    [7, 0, 7_500],
  ])('after %i fruitless failures, with randomness %d, waits about %i ms', (fruitless, random, waitMs) => {
    const [, bearing] = bear({ connections: 4, fruitless }, { kind: 'transient', broughtBytes: 0 }, random);
    expect(bearing).toMatchObject({ do: 'wait', all: false });
    expect(bearing.do === 'wait' && Math.round(bearing.waitMs)).toBe(waitMs);
  });

  it('gives up after eight fruitless failures in a row', () => {
    expect(bear({ connections: 4, fruitless: 8 }, { kind: 'transient', broughtBytes: 65_535 }, 0)[1].do).toBe(
      'give-up',
    );
  });

  it('a timeout weighs as much as three refusals', () => {
    const [next, bearing] = bear({ connections: 4, fruitless: 5 }, { kind: 'timed-out', broughtBytes: 0 }, 0);
    expect([next.fruitless, bearing.do]).toEqual([8, 'wait']);
    expect(bear(next, { kind: 'timed-out', broughtBytes: 0 }, 0)[1].do).toBe('give-up');
  });

  it('a connection that brought something worth having starts the count anew', () => {
    const [next] = bear({ connections: 4, fruitless: 8 }, { kind: 'transient', broughtBytes: 65_536 }, 0);
    expect(next.fruitless).toBe(0);
  });
});
