import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccounts } from '../../tests/support/accounts.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import type { Accounts } from '../accounts/index.ts';
import type { House } from '../house.ts';
import { adminCommand } from './admin.ts';
import type { CommandContext } from './context.ts';
import { createOutput } from './output.ts';
import { readPassword } from './read-password.ts';

describe('robian admin create', () => {
  let database: TestDatabase;
  let accounts: Accounts;
  beforeAll(async () => {
    database = await openTestDatabase();
    accounts = openAccounts(database);
  });
  afterAll(() => database.close());

  const piped = (text: string): PassThrough => {
    const stream = new PassThrough();
    stream.end(text);
    return stream;
  };
  const run = (...words: string[]): Promise<Record<string, string>> => runWith('', ...words);
  async function runWith(input: string, ...words: string[]): Promise<Record<string, string>> {
    const stdout = new PassThrough();
    const context: Pick<CommandContext, 'output' | 'withHouse'> = {
      output: createOutput({
        json: true,
        stdout: stdout as unknown as NodeJS.WriteStream,
        stderr: new PassThrough() as unknown as NodeJS.WriteStream,
        monotonicMs: () => 0,
      }),
      withHouse: (work) => work({ accounts } as House, new AbortController().signal),
    };
    const command = adminCommand(context, { input: piped(input), output: new PassThrough() });
    for (const one of command.commands) one.configureOutput({ writeErr: () => undefined });
    await command.exitOverride().parseAsync(['create', ...words], { from: 'user' });
    return JSON.parse(String(stdout.read()));
  }

  it('makes an administrator who can sign in with the password it printed', async () => {
    const made = await run('--email', 'Root@example.org', '--generate');
    expect(made).toMatchObject({ email: 'root@example.org', role: 'administrator' });
    const signedIn = await accounts.signIn({ email: 'root@example.org', password: String(made.password) });
    const request = { headers: { authorization: `Bearer ${signedIn.accessToken}` } };
    expect(await accounts.require(request, { scope: 'debates:write' })).toMatchObject({ role: 'administrator' });
  });

  it('takes the password that is piped in, when it is long enough', async () => {
    const made = await runWith('deux chaises et un perchoir\n', '--email', 'piped@example.org');
    expect(made).toEqual({ id: expect.any(String), email: 'piped@example.org', role: 'administrator' });
    await accounts.signIn({ email: 'piped@example.org', password: 'deux chaises et un perchoir' });
    await expect(runWith('short\n', '--email', 'other@example.org')).rejects.toThrow('from 10 to 128 characters');
  });

  it('makes operators, and nothing else', async () => {
    expect(await run('--email', 'op@example.org', '--role', 'operator', '--generate')).toMatchObject({
      role: 'operator',
    });
    await expect(run('--email', 'x@example.org', '--role', 'king', '--generate')).rejects.toThrow(
      'administrator or operator',
    );
    await expect(run('--email', 'nobody', '--generate')).rejects.toThrow('e-mail address');
  });

  it('says in words that an address is taken', async () => {
    await run('--email', 'twice@example.org', '--generate');
    await expect(run('--email', 'Twice@example.org', '--generate')).rejects.toThrow('exists already');
  });
});

describe('a password for a command', () => {
  const written = (stream: PassThrough): string => String(stream.read() ?? '');

  it('is the first line of what is piped in', async () => {
    const input = new PassThrough();
    input.end('deux chaises et un perchoir\nanother line\n');
    expect(await readPassword({ input, output: new PassThrough() })).toBe('deux chaises et un perchoir');
  });

  it('is missed when nothing is piped in', async () => {
    const input = new PassThrough();
    input.end();
    await expect(readPassword({ input, output: new PassThrough() })).rejects.toThrow('no password');
  });

  it.each([
    ['taken when it is typed twice', 'secret words', 'secret words', true],
    ['refused when the second differs', 'secret words', 'other words', false],
  ])('on a terminal is not shown, and %s', async (_, first, second, taken) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    const asked = readPassword({ input, output });
    input.write(`${first}\n`);
    setImmediate(() => input.write(`${second}\n`));
    if (taken) expect(await asked).toBe(first);
    else await expect(asked).rejects.toThrow('differ');
    expect(written(output)).not.toContain('words');
  });
});
