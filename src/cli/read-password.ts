import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandFailed } from './context.ts';

/** Where a command asks. */
export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream;
}

/**
 * A password: on a terminal asked twice, without showing it; otherwise the first line of what is piped in.
 * @throws CommandFailed when the two differ, or nothing was said
 */
export async function readPassword({ input, output }: Terminal): Promise<string> {
  if (!input.isTTY) {
    for await (const line of createInterface({ input })) return line;
    throw new CommandFailed('no password on standard input', 2);
  }
  // Readline echoes what is typed to its output: to nowhere, then.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: nowhere, terminal: true });
  const ask = async (question: string): Promise<string> => {
    output.write(question);
    const answer = await terminal.question('');
    output.write('\n');
    return answer;
  };
  try {
    const password = await ask('Password: ');
    if ((await ask('Again: ')) !== password) throw new CommandFailed('the two passwords differ', 2);
    return password;
  } finally {
    terminal.close();
  }
}
