import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { cli } from '../../tests/support/cli.ts';
import { type Installation, makeInstallation } from '../../tests/support/installation.ts';

// The database is opened several times, which takes seconds when the machine is busy.
vi.setConfig({ testTimeout: 120_000 });

const SAID = { id: 'a-1', title: 'Audition', type: 'audition', date: '2025-06-05' };

let installation: Installation;
beforeEach(async () => {
  installation = await makeInstallation();
});
afterEach(() => installation.remove());

const write = (content: string | Uint8Array): string => {
  const path = join(installation.dataDir, 'debates.json');
  writeFileSync(path, content);
  return path;
};

it('says line by line what became of a file, in words and for machines, and fails when something was refused', async () => {
  const { environment } = installation;
  const path = write(`\ufeff[\n${JSON.stringify(SAID)},\n${JSON.stringify({ ...SAID, id: 'a 2' })}\n]`);
  expect(await cli(['import-json', path, '--dry-run'], environment)).toMatchObject({
    code: 1,
    out: expect.stringMatching(
      /^line 2: taken a-1\nline 3: refused: id: .*\nwould be: 1 taken, 0 merged, 0 unchanged, 1 refused\n$/,
    ),
    err: '1 refused\n',
  });
  const first = await cli(['import-json', path, '--json'], environment);
  expect(
    first.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { line: 2, outcome: 'taken', id: 'a-1', reasons: [] },
    { line: 3, outcome: 'refused', id: null },
    { taken: 1, refused: 1, dry_run: false },
  ]);
  expect(await cli(['import-json', write(JSON.stringify([SAID]))], environment)).toEqual({
    code: 0,
    out: 'line 1: unchanged a-1\n0 taken, 0 merged, 1 unchanged, 0 refused\n',
    err: '',
  });
});

it.each<[string, string | Uint8Array | null, string]>([
  ['that is not there', null, 'cannot be read: ENOENT'],
  ['that is no UTF-8', Buffer.from([0x5b, 0xff, 0xfe]), 'it is no UTF-8'],
])('fails on a file %s, and says so', async (_what, content, why) => {
  const path = content === null ? '/nonexistent/debates.json' : write(content);
  const { code, err } = await cli(['import-json', path], installation.environment);
  expect(code).toBe(1);
  expect(err).toContain(why);
});
