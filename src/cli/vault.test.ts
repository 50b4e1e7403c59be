import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { AudioFile, VerifyOptions, VerifyReport } from '../vault/index.ts';
import { createOutput } from './output.ts';
import { vaultCommand } from './vault.ts';

const file = { debateId: 'debate', sha256: 'ab'.repeat(32), format: 'mp3', sizeBytes: 58e6 } as AudioFile;
const clean: VerifyReport = {
  checked: 3,
  checkedBytes: 174e6,
  missing: [],
  corrupt: [],
  storageSuspected: false,
  orphans: [],
};

async function verify(report: VerifyReport, ...flags: string[]) {
  const stdout = Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream;
  const stderr = new PassThrough() as unknown as NodeJS.WriteStream;
  const asked: VerifyOptions[] = [];
  // Every look at the clock is ten seconds later, so that every advance is worth a line.
  let nowMs = 0;
  const monotonicMs = (): number => {
    nowMs += 10_000;
    return nowMs;
  };
  const command = vaultCommand({
    output: createOutput({ json: false, stdout, stderr, monotonicMs }),
    withVault: (work) =>
      work(
        {
          verify: async (options = {}) => {
            asked.push(options);
            options.onProgress?.({ checked: 1, total: 3, checkedBytes: 58e6, file });
            return report;
          },
        },
        new AbortController().signal,
      ),
  });
  const failure = await new Command()
    .addCommand(command)
    .parseAsync(['vault', 'verify', ...flags], { from: 'user' })
    .then(
      () => null,
      (error: unknown) => error,
    );
  const read = (stream: NodeJS.WriteStream): string => String((stream as unknown as PassThrough).read() ?? '');
  return { failure, asked, out: read(stdout), err: read(stderr) };
}

describe('robian vault verify', () => {
  it('says that all is well, and succeeds', async () => {
    const { failure, out, err, asked } = await verify(clean);
    expect(failure).toBeNull();
    expect(out).toContain('verify 33% 58.0 MB debate');
    expect(out).toContain('3 checked: 0 missing, 0 corrupt; 0 that no debate needs, 0 of them removed');
    expect(err).toBe('');
    expect(asked[0]?.acceptLoss).toBe(false);
  });

  it('names what is lost and what nobody needs, and fails', async () => {
    const orphan = { ...file, storedAt: new Date(0) };
    const orphans = [
      { ...orphan, removed: true },
      { ...orphan, removed: false },
    ];
    const { failure, out, err } = await verify({ ...clean, missing: [file], corrupt: [file], orphans });
    expect(failure).toMatchObject({ exitCode: 1 });
    expect(err).toContain(`missing: debate ${file.sha256}.mp3`);
    expect(err).toContain(`corrupt: debate ${file.sha256}.mp3`);
    expect(out).toContain('58.0 MB, removed');
    expect(out).toContain('58.0 MB, kept for a day');
  });

  it('does not take a storage that is away for lost files, unless told', async () => {
    const { failure } = await verify({ ...clean, missing: [file, file], storageSuspected: true });
    expect(failure).toMatchObject({ exitCode: 75 });
    const { asked } = await verify(clean, '--accept-loss');
    expect(asked[0]?.acceptLoss).toBe(true);
  });
});
