import { CommanderError } from 'commander';
import { ConfigError } from '../platform/config/index.ts';
import { FolderHeldError } from '../platform/database/index.ts';
import { AppError } from '../platform/errors/index.ts';
import { ENGLISH, LocaleError, translate } from '../platform/i18n/index.ts';
import { CommandFailed, CommandStopped } from './context.ts';

/** EX_USAGE, EX_TEMPFAIL and EX_CONFIG of sysexits.h. */
const EXIT_USAGE = 64;
const EXIT_TRY_LATER = 75;
const EXIT_CONFIG = 78;
/** 128 + SIGINT, as shells have it. */
const EXIT_STOPPED = 130;

export interface Explanation {
  /** For the person at the terminal; empty when it has been said already. */
  text: string;
  exitCode: number;
}

/** What went wrong, in plain words, and the exit code that tells scripts whether to try again. */
export function explain(error: unknown): Explanation {
  if (error instanceof CommanderError) return { text: '', exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE };
  if (error instanceof CommandStopped) return { text: error.message, exitCode: EXIT_STOPPED };
  if (error instanceof CommandFailed) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof ConfigError) {
    const [one, ...more] = error.lines;
    const heading = more.length === 0 ? 'A setting is wrong:' : `${more.length + 1} settings are wrong:`;
    return { text: [heading, one, ...more].join('\n'), exitCode: EXIT_CONFIG };
  }
  if (error instanceof LocaleError) {
    return { text: ['A language cannot be read:', ...error.lines].join('\n'), exitCode: EXIT_CONFIG };
  }
  if (error instanceof FolderHeldError) return { text: error.message, exitCode: EXIT_TRY_LATER };
  if (error instanceof AppError) {
    const detail = translate(error.definition.detail, ENGLISH, error.params);
    return { text: `${detail} (${error.code})`, exitCode: error.definition.retryable ? EXIT_TRY_LATER : 1 };
  }
  return explainSystem(error);
}

interface SystemError {
  code?: string;
  syscall?: string;
  address?: string;
  port?: number;
  path?: string;
  errors?: unknown[];
}

function explainSystem(error: unknown): Explanation {
  if (!(error instanceof Error)) return { text: String(error), exitCode: 1 };
  // Node tries each address of a name; what the first one said stands for all.
  const { code, syscall, address, port, path } = ((error as SystemError).errors?.[0] ?? error) as SystemError;
  if (code === 'EADDRINUSE') {
    return {
      text: `Another program listens at ${address}:${port}. Stop it, or choose another PORT.`,
      exitCode: EXIT_TRY_LATER,
    };
  }
  if (syscall === 'connect' || code === 'ENOTFOUND') {
    const where = port === undefined ? 'named by DATABASE_URL' : `at ${address}:${port} (DATABASE_URL)`;
    return { text: `The database ${where} does not answer: ${code}.`, exitCode: EXIT_TRY_LATER };
  }
  if ((code === 'EACCES' || code === 'EROFS' || code === 'EPERM') && path !== undefined) {
    return { text: `This user may not write to ${path}. Choose another DATA_DIR.`, exitCode: 1 };
  }
  return { text: error.message, exitCode: 1 };
}
