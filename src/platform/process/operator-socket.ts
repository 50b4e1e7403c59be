import { createServer, request } from 'node:http';
import { join } from 'node:path';

/** What a running process does for commands of the same user on the same machine, by name. */
export type OperatorActions = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

/** Inputs and answers are a name or a few numbers. */
const MESSAGE_MAX_BYTES = 64_000;
/** The longest action copies a database: minutes on a slow disk, in ms. */
const ANSWER_TIMEOUT_MS = 600_000;

const socketIn = (folder: string): string => join(folder, 'operator.sock');

/** The process answers, and says no. */
export class OperatorActionFailed extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'OperatorActionFailed';
  }
}

/**
 * Answers commands on a unix socket in `folder`. Who may enter the folder may ask: it must be this user's alone.
 * @returns what ends it
 */
export async function serveOperator(folder: string, actions: OperatorActions): Promise<() => Promise<void>> {
  const server = createServer(async (incoming, answer) => {
    const reply = (status: number, value: unknown): void => {
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value ?? null));
    };
    try {
      const action = actions[(incoming.url ?? '').slice(1)];
      if (action === undefined) reply(404, 'this process does not know that action');
      else reply(200, await action(JSON.parse(await textOf(incoming))));
    } catch (error) {
      reply(500, error instanceof Error ? error.message : String(error));
    }
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(socketIn(folder), listening);
  });
  return () =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeIdleConnections();
    });
}

/**
 * Asks the process whose folder that is.
 * @throws OperatorActionFailed with what it says; errors of connecting when it does not listen
 */
export function askOperator(folder: string, action: string, input: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        socketPath: socketIn(folder),
        path: `/${action}`,
        method: 'POST',
        // A connection that is kept would outlive the process that it leads to.
        agent: false,
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      },
      (answer) => {
        textOf(answer)
          .then((text) => {
            const value = JSON.parse(text) as unknown;
            if (answer.statusCode === 200) resolve(value);
            else reject(new OperatorActionFailed(String(value)));
          })
          .catch(reject);
      },
    );
    asked.on('error', reject);
    asked.end(JSON.stringify(input ?? null));
  });
}

async function textOf(message: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of message) {
    bytes += piece.length;
    if (bytes > MESSAGE_MAX_BYTES) throw new Error('the message is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
