import { Command, InvalidArgumentError } from 'commander';
import type { Config } from '../platform/config/index.ts';
import { type CommandContext, CommandFailed } from './context.ts';

/** A look at every dependency takes two seconds at most, in ms. */
const ANSWER_TIMEOUT_MS = 5_000;
/** EX_TEMPFAIL of sysexits.h: nobody answers, which may pass. */
const EXIT_TRY_LATER = 75;

interface Health {
  status: string;
  version: string;
  uptime_seconds: number;
  dependencies?: { name: string; status: string; latency_ms: number; message: string | null }[];
}

export function healthCommand(context: Pick<CommandContext, 'output' | 'config'>): Command {
  return new Command('health')
    .description('ask the running instance how it is; 0: it serves, 1: it cannot, 75: nobody answers')
    .option('--url <address>', 'of another instance (default: the one these settings describe)', address)
    .action(async ({ url }: { url?: string }) => {
      const config = context.config();
      // The token is for this installation alone.
      const token = url === undefined ? config.adminToken : undefined;
      const health = await ask(url ?? addressOf(config), token);
      context.output.result(health, textOf(health));
      if (health.status === 'unhealthy') throw new CommandFailed('It cannot serve.');
    });
}

/** Where this machine reaches what these settings start; 0.0.0.0 and :: are addresses to listen at, not to ask. */
export function addressOf({ host, port, roles, metricsPort }: Config): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const asked = roles.has('api') ? port : metricsPort;
  if (asked === undefined) throw new CommandFailed('Without the api role it answers at METRICS_PORT only: set it.');
  return `http://${name.includes(':') ? `[${name}]` : name}:${asked}`;
}

async function ask(base: string, token: string | undefined): Promise<Health> {
  const url = `${base}/health/detailed`;
  let body: unknown;
  try {
    const answer = await fetch(url, {
      headers: { 'accept-language': 'en', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      redirect: 'error',
    });
    body = await answer.json();
  } catch (error) {
    throw new CommandFailed(`Nobody answers at ${url}: ${reasonOf(error)}.`, EXIT_TRY_LATER);
  }
  if (isHealth(body)) return body;
  throw new CommandFailed(`What answers at ${url} is not RobianAPI.`);
}

function isHealth(body: unknown): body is Health {
  if (typeof body !== 'object' || body === null) return false;
  const { status, version, uptime_seconds: uptimeSeconds } = body as Partial<Health>;
  return typeof status === 'string' && typeof version === 'string' && typeof uptimeSeconds === 'number';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}

function textOf({ status, version, uptime_seconds: uptimeSeconds, dependencies = [] }: Health): string {
  const lines = dependencies.map(({ name, status: state, latency_ms: latencyMs, message }) =>
    `  ${name.padEnd(10)} ${state.padEnd(8)} ${latencyMs} ms  ${message ?? ''}`.trimEnd(),
  );
  return [`${status}, version ${version}, for ${uptimeSeconds} s`, ...lines].join('\n');
}

function address(value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new InvalidArgumentError('expected an http:// or https:// address');
  }
  return value.replace(/\/+$/, '');
}
