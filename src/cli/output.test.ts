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
  it('is lines for a log, a few of them', () => {
    const { output, out, err, pass } = screen(false);
    output.say('hello');
    const progress = output.progress('ingest');
    progress.update(1, 4, '1 of 4');
    progress.update(2, 4, '2 of 4');
    pass(5_000);
    progress.update(3, null, '3 seen');
    progress.end('done');
    output.result({ seen: 4 }, '4 seen');
    output.complain('one failed');
    expect(out()).toBe('hello\ningest 25% 1 of 4\ningest 3 seen\ningest done\n4 seen\n');
    expect(err()).toBe('one failed\n');
  });

  it('is one JSON line for a machine', () => {
    const { output, out, err } = screen(true);
    output.say('hello');
    const progress = output.progress('ingest');
    progress.update(1, 4, 'x');
    progress.end('done');
    output.result({ seen: 4 }, '4 seen');
    output.complain('one failed');
    expect(JSON.parse(out())).toEqual({ seen: 4 });
    expect(JSON.parse(err())).toEqual({ error: 'one failed' });
  });

  it('is a bar for a person', () => {
    const { output, out } = screen(false, true);
    const progress = output.progress('fetch');
    progress.update(1, 4, '1 MB');
    progress.update(2, null, '2 MB');
    progress.end('done');
    expect(out()).toContain('fetch');
  });
});
