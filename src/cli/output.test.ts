import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createOutput } from './output.ts';

function screen(json: boolean, isTTY = false) {
  const stdout = Object.assign(new PassThrough(), {
    isTTY,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
  }) as unknown as NodeJS.WriteStream;
  const stderr = new PassThrough() as unknown as NodeJS.WriteStream;
  let nowMs = 0;
  const output = createOutput({ json, stdout, stderr, monotonicMs: () => nowMs });
  const read = (stream: NodeJS.WriteStream): string => String((stream as unknown as PassThrough).read() ?? '');
  return {
    output,
    out: () => read(stdout),
    err: () => read(stderr),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('what a command says', () => {
  it('is lines for a log, a few of them', async () => {
    const { output, out, err, pass } = screen(false);
    output.say('hello');
    const value = await output.track('ingest', async (update) => {
      update(1, 4, '1 of 4');
      pass(5_000);
      update(2, 4, '2 of 4');
      pass(5_000);
      update(3, null, '3 seen');
      return { value: 'done', note: '4 of 4' };
    });
    output.result({ seen: 4 }, '4 seen');
    output.complain('one failed');
    expect(value).toBe('done');
    expect(out()).toBe('hello\ningest 50% 2 of 4\ningest 3 seen\ningest 4 of 4\n4 seen\n');
    expect(err()).toBe('one failed\n');
  });

  it('is one JSON line for a machine', async () => {
    const { output, out, err } = screen(true);
    output.say('hello');
    await output.track('ingest', async (update) => {
      update(1, 4, 'x');
      return { value: null, note: 'done' };
    });
    output.result({ seen: 4 }, '4 seen');
    output.complain('one failed');
    expect(JSON.parse(out())).toEqual({ seen: 4 });
    expect(JSON.parse(err())).toEqual({ error: 'one failed' });
  });

  it('is a bar for a person, full when all is done', async () => {
    const { output, out } = screen(false, true);
    await output.track('fetch', async (update) => {
      update(1, 4, '1 MB');
      update(2, null, '2 MB');
      return { value: null, note: '4 MB' };
    });
    expect(out()).toMatch(/fetch █{16} 100% 4 MB/);
  });

  it('does not claim that work which failed was done', async () => {
    const { output, out } = screen(false, true);
    const failing = output.track('fetch', async (update) => {
      update(1, 4, '1 MB');
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(out()).not.toContain('100%');
  });
});
