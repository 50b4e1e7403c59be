import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cli } from '../../tests/support/cli.ts';
import { makeInstallation } from '../../tests/support/installation.ts';

const MIGRATIONS = readdirSync(new URL('../../migrations', import.meta.url)).map((file) => file.replace('.sql', ''));

it('migrate brings a new database up to date, says what it applied, and has nothing to do the second time', {
  timeout: 120_000,
}, async () => {
  const installation = await makeInstallation({ fresh: true });
  try {
    const first = await cli(['migrate', '--json'], installation.environment);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(first.out)).toMatchObject({ applied: MIGRATIONS.toSorted() });
    expect(await cli(['migrate'], installation.environment)).toEqual({
      code: 0,
      out: expect.stringMatching(/^the database \((?:embedded|postgresql)\) is up to date\n$/),
      err: '',
    });
  } finally {
    await installation.remove();
  }
});
