import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../platform/clock/index.ts';
import { findFfmpeg, parseProgressLine } from './ffmpeg.ts';
import { findProgram } from './find-program.ts';
import { withChildNote } from './orphan.ts';
import { type ProgramEnd, type ProgramRun, runProgram } from './run-program.ts';

const directory = mkdtempSync(join(tmpdir(), 'robian-run-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The grace between SIGTERM and SIGKILL costs nothing. */
const eagerClock: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(20, signal) };

function runNode(source: string, change: Partial<ProgramRun> = {}): Promise<ProgramEnd & { lines: string[] }> {
  const lines: string[] = [];
  return runProgram({
    command: process.execPath,
    args: ['-e', source],
    timeoutMs: 20_000,
    silenceMs: 20_000,
    onLine: (line) => lines.push(line),
    clock: eagerClock,
    signal: new AbortController().signal,
    ...change,
  }).then((end) => ({ ...end, lines }));
}

function alive(pid: number): boolean {
  try {
    // A zombie still has a pid; its state says that it no longer runs.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  while (alive(pid)) await systemClock.sleep(5);
}

const FOREVER = 'setInterval(() => {}, 1000);';

describe('running a program', () => {
  it('gives its lines, its exit code and the end of its errors', async () => {
    const end = await runNode(
      `process.stdout.write('a\\nb\\r\\nc'); console.error('x'.repeat(10_000) + 'last'); process.exitCode = 3`,
    );
    expect(end.lines).toEqual(['a', 'b', 'c']);
    expect(end.exitCode).toBe(3);
    expect(end.stderrTail).toMatch(/last\n$/);
    expect(end.stderrTail.length).toBe(4096);
  });

  it('arguments are never read by a shell', async () => {
    const end = await runNode('console.log(process.argv[1])', {
      args: ['-e', 'console.log(process.argv[1])', '$(id); `id`'],
    });
    expect(end.lines).toEqual(['$(id); `id`']);
  });

  it('an endless line does not fill the memory', async () => {
    const end = await runNode(`process.stdout.write('y'.repeat(1_000_000))`);
    expect(end.lines).toEqual(['y'.repeat(64 * 1024)]);
  });

  it('one that is not there is an error', async () => {
    await expect(runNode('', { command: '/no/such/program' })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('an abort before the start starts nothing', async () => {
    const marker = join(directory, 'started');
    const signal = AbortSignal.abort(new Error('never'));
    await expect(runNode(`require('fs').writeFileSync(${JSON.stringify(marker)}, '')`, { signal })).rejects.toThrow(
      'never',
    );
    expect(existsSync(marker)).toBe(false);
  });

  it('an abort ends the whole process group, even those who ignore SIGTERM', async () => {
    const abort = new AbortController();
    const source = `process.on('SIGTERM', () => {});
      const child = require('child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log('up'); ${FOREVER}"], { stdio: ['ignore', 'pipe', 'ignore'] });
      child.stdout.once('data', () => console.log(process.pid + ' ' + child.pid)); ${FOREVER}`;
    let pids: number[] = [];
    const onLine = (line: string): void => {
      pids = line.split(' ').map(Number);
      abort.abort(new Error('cancelled'));
    };
    await expect(runNode(source, { signal: abort.signal, onLine })).rejects.toThrow('cancelled');
    expect(pids).toHaveLength(2);
    for (const pid of pids) await untilGone(pid);
  });

  it.each([
    ['timeout', { timeoutMs: 300 }],
    ['silence', { silenceMs: 300 }],
  ] as const)('is stopped on %s', async (stopped, change) => {
    expect(await runNode(FOREVER, change)).toMatchObject({ stopped, exitCode: null });
  });

  it('one that talks is not silent', async () => {
    const talk = 'let n = 0; const t = setInterval(() => { console.log(n); if (++n === 8) clearInterval(t); }, 50);';
    expect(await runNode(talk, { silenceMs: 1500 })).toMatchObject({ stopped: null, exitCode: 0 });
  });
});

describe.runIf(process.platform === 'linux')('the child of a killed worker', () => {
  it('is ended before the next one starts', async () => {
    const note = join(directory, 'child.pid');
    const abort = new AbortController();
    let orphan = 0;
    let copyOfNote = '';
    // The note outlives its worker: here it is put back after the first run, whose child still runs.
    const first = runNode(FOREVER, {
      signal: abort.signal,
      onStarted: (pid) => {
        orphan = pid;
      },
    }).catch(() => undefined);
    await withChildNote(note, async (onStarted) => {
      onStarted(orphan);
      copyOfNote = readFileSync(note, 'utf8');
    });
    expect(existsSync(note)).toBe(false);
    writeFileSync(note, copyOfNote);
    expect(alive(orphan)).toBe(true);
    await withChildNote(note, () => untilGone(orphan));
    await first;
  });

  it('is not mistaken for another process that got its pid', async () => {
    const note = join(directory, 'reused.pid');
    writeFileSync(note, `${process.pid} 1`);
    await withChildNote(note, async () => undefined);
    expect(existsSync(note)).toBe(false);
  });
});

describe('finding a program', () => {
  const executable = join(directory, 'ffmpeg');
  writeFileSync(executable, '#!/bin/sh\necho "ffmpeg version 9.9-test Copyright"\n', { mode: 0o755 });

  it('takes the configured one and no other', async () => {
    expect(await findProgram('ffmpeg', { configured: executable, path: '' })).toBe(executable);
    expect(await findProgram('ffmpeg', { configured: '/no/such', path: directory })).toBeNull();
  });

  it('looks along PATH, in absolute folders only', async () => {
    expect(await findProgram('ffmpeg', { configured: undefined, path: `.:/no/such:${directory}` })).toBe(executable);
    expect(await findProgram('nothing', { configured: undefined, path: undefined })).toBeNull();
  });

  it('an ffmpeg tells its version; one that does not is none', async () => {
    const found = await findFfmpeg({ configured: executable, path: '', clock: eagerClock });
    expect(found).toEqual({ path: executable, version: '9.9-test' });
    const mute = join(directory, 'mute');
    writeFileSync(mute, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    expect(await findFfmpeg({ configured: mute, path: '', clock: eagerClock })).toBeNull();
    expect(await findFfmpeg({ configured: '/no/such', path: '', clock: eagerClock })).toBeNull();
  });

  it('an ffmpeg that npm brought will do, where there is no other', async () => {
    const folder = join(directory, 'node_modules', 'ffmpeg-static');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), `module.exports = ${JSON.stringify(executable)};`);
    const packagesOf = join(directory, 'module.js');
    const found = await findFfmpeg({ configured: undefined, path: '', packagesOf, clock: eagerClock });
    expect(found).toEqual({ path: executable, version: '9.9-test' });
    expect(
      await findFfmpeg({ configured: undefined, path: '', packagesOf: '/no/such/module.js', clock: eagerClock }),
    ).toBeNull();
  });
});

it.each([
  ['out_time_us=1500000', { mediaSeconds: 1.5 }],
  ['out_time_us=N/A', null],
  ['progress=continue', null],
])('ffmpeg progress: %s', (line, expected) => {
  expect(parseProgressLine(line)).toEqual(expected);
});
