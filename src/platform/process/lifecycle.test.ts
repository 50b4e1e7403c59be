import { afterEach, describe, expect, it, vi } from 'vitest';
import { runUntilStopped } from './index.ts';

const logger = { info: vi.fn(), error: vi.fn() };
let nowMs = 0;
const clock = { monotonicMs: () => nowMs };

function host() {
  const signal = new Map<string, () => void>();
  return {
    signal,
    exit: vi.fn<(code: number) => void>(),
    on: (name: string, listener: () => void) => void signal.set(name, listener),
    off: (name: string) => void signal.delete(name),
  };
}

describe('the life of the process', () => {
  afterEach(() => vi.useRealTimers());

  it('drains at the first signal and leaves with 0', async () => {
    const process = host();
    const stopped = Promise.withResolvers<void>();
    runUntilStopped({ stop: () => stopped.promise }, { logger, clock, host: process });
    process.signal.get('SIGTERM')?.();
    expect(process.exit).not.toHaveBeenCalled();
    stopped.resolve();
    await vi.waitFor(() => expect(process.exit).toHaveBeenCalledWith(0));
  });

  it('leaves at once with 1 at the second signal', () => {
    const process = host();
    runUntilStopped({ stop: () => new Promise(() => undefined) }, { logger, clock, host: process, graceMs: 10 });
    process.signal.get('SIGINT')?.();
    process.signal.get('SIGTERM')?.();
    expect(process.exit).toHaveBeenCalledWith(1);
  });

  it('takes the echo that npm makes of one Ctrl-C for what it is, and a later one for a second', () => {
    const process = host();
    runUntilStopped({ stop: () => new Promise(() => undefined) }, { logger, clock, host: process });
    process.signal.get('SIGINT')?.();
    nowMs += 20;
    process.signal.get('SIGINT')?.();
    expect(process.exit).not.toHaveBeenCalled();
    nowMs += 500;
    process.signal.get('SIGINT')?.();
    expect(process.exit).toHaveBeenCalledWith(1);
  });

  it('leaves with 1 when the drain fails or hangs', async () => {
    const failing = host();
    runUntilStopped({ stop: () => Promise.reject(new Error('x')) }, { logger, clock, host: failing });
    failing.signal.get('SIGTERM')?.();
    await vi.waitFor(() => expect(failing.exit).toHaveBeenCalledWith(1));

    vi.useFakeTimers();
    const hanging = host();
    runUntilStopped({ stop: () => new Promise(() => undefined) }, { logger, clock, host: hanging, graceMs: 1000 });
    hanging.signal.get('SIGTERM')?.();
    vi.advanceTimersByTime(1001);
    expect(hanging.exit).toHaveBeenCalledWith(1);
  });
});
