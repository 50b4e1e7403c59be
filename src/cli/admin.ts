import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { EMAIL_PATTERN, PASSWORD_MAX, PASSWORD_MIN, type Role } from '../accounts/index.ts';
import { AppError } from '../platform/errors/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';
import { readPassword, type Terminal } from './read-password.ts';

/** 144 bits, 24 characters: nobody types it, a password manager keeps it. */
const GENERATED_BYTES = 18;

export function adminCommand(
  context: Pick<CommandContext, 'output' | 'withHouse'>,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Command {
  const create = new Command('create')
    // What is wrong in the arguments of a command within a command is explained in one place too.
    .exitOverride()
    .description('make the account of an administrator or an operator')
    .requiredOption('--email <address>', 'how they sign in', email)
    .option('--role <role>', 'administrator or operator', role, 'administrator' satisfies Role)
    .option('--generate', 'make the password and print it, instead of asking for it')
    .addHelpText('after', '\nThe password is asked for on a terminal, else read from the first line of standard input.')
    .action(async (options: { email: string; role: Role; generate?: true }) => {
      const generated = options.generate ? randomBytes(GENERATED_BYTES).toString('base64url') : null;
      const password = generated ?? (await askedPassword(terminal));
      const account = await context.withHouse(async (house) => {
        try {
          return await house.accounts.create({ email: options.email, password }, options.role);
        } catch (error) {
          if (error instanceof AppError) throw new CommandFailed(error.definition.detail.en);
          throw error;
        }
      });
      context.output.result(
        { id: account.id, email: account.email, role: account.role, ...(generated ? { password: generated } : {}) },
        `${account.email} is ${account.role === 'administrator' ? 'an administrator' : 'an operator'}${
          generated ? `; password: ${generated}` : ''
        }`,
      );
    });
  return new Command('admin').description('accounts of those who run this service').addCommand(create);
}

async function askedPassword(terminal: Terminal): Promise<string> {
  const password = await readPassword(terminal);
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
    throw new CommandFailed(`the password must have from ${PASSWORD_MIN} to ${PASSWORD_MAX} characters`, 2);
  }
  return password;
}

function email(value: string): string {
  if (!new RegExp(EMAIL_PATTERN).test(value)) throw new InvalidArgumentError('expected an e-mail address');
  return value;
}

function role(value: string): Role {
  if (value !== 'administrator' && value !== 'operator')
    throw new InvalidArgumentError('expected administrator or operator');
  return value;
}
