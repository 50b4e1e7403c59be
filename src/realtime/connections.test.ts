import { describe, expect, it } from 'vitest';
import { createConnections } from './connections.ts';

describe('places', () => {
  it('are bounded for each client and for all, and freed once', () => {
    const connections = createConnections({ total: 3, perClient: 2 });
    const [first, second] = [connections.take('a'), connections.take('a')];
    expect(connections.take('a')).toBeNull();
    const third = connections.take('b');
    expect(connections.take('c')).toBeNull();
    first?.();
    first?.();
    expect(connections.take('c')).not.toBeNull();
    expect(connections.take('a')).toBeNull();
    second?.();
    third?.();
    expect([connections.take('a'), connections.take('a')]).not.toContain(null);
  });
});
