import { Type } from 'typebox';
import type { Clock } from '../platform/clock/index.ts';
import type { App } from '../platform/http/index.ts';

/** Something this process cannot do its work without. */
export interface HealthCheck {
  name: string;
  /** Throws, or takes too long, when it is not there. */
  check(): Promise<unknown>;
}

/** Orchestrators ask every few seconds and give up after about as long; a dependency that is slower than this is not there, in ms. */
const CHECK_TIMEOUT_MS = 2_000;

const COUNTED = { limit: 'health' };

const Health = Type.Object({
  status: Type.Unsafe<'healthy' | 'unhealthy'>({ type: 'string', enum: ['healthy', 'unhealthy'] }),
  version: Type.String(),
  uptime_seconds: Type.Integer(),
});
const State = Type.Object({ status: Type.String() });
const health = (status: 'healthy' | 'unhealthy') => ({
  ...Health,
  examples: [{ status, version: '1.0.0', uptime_seconds: 86_400 }],
});
const state = (status: string) => ({ ...State, examples: [{ status }] });

export function registerHealthRoutes(
  app: App,
  options: { version: string; clock: Clock; checks: readonly HealthCheck[]; isDraining: () => boolean },
): void {
  const { version, clock, checks, isDraining } = options;
  const startedMs = clock.monotonicMs();
  const healthy = async (): Promise<boolean> => {
    const results = await Promise.allSettled(checks.map(({ check }) => withTimeout(check(), clock)));
    for (const [position, result] of results.entries()) {
      if (result.status === 'rejected')
        app.log.warn({ err: result.reason, check: checks[position]?.name }, 'unhealthy');
    }
    return results.every((result) => result.status === 'fulfilled');
  };

  app.get(
    '/health',
    {
      config: COUNTED,
      schema: {
        tags: ['health'],
        summary: 'Le service va-t-il bien ? / Is the service well?',
        description:
          '200 si tout ce dont il dépend répond, 503 sinon. / 200 when all it depends on answers, 503 otherwise.',
        response: { 200: health('healthy'), 503: health('unhealthy') },
      },
    },
    async (_request, reply) => {
      const well = await healthy();
      reply.status(well ? 200 : 503).header('cache-control', 'no-store');
      return {
        status: well ? ('healthy' as const) : ('unhealthy' as const),
        version,
        uptime_seconds: Math.floor((clock.monotonicMs() - startedMs) / 1000),
      };
    },
  );

  app.get(
    '/health/live',
    {
      config: COUNTED,
      schema: {
        tags: ['health'],
        summary: 'Le processus vit / The process is alive',
        description: 'Ne regarde rien d’autre que le processus. / Looks at nothing but the process.',
        response: { 200: state('alive') },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { status: 'alive' };
    },
  );

  app.get(
    '/health/ready',
    {
      config: COUNTED,
      schema: {
        tags: ['health'],
        summary: 'Peut recevoir des requêtes / May be sent requests',
        description: '503 avant d’être prêt et pendant l’arrêt. / 503 before it is ready and while it stops.',
        response: { 200: state('ready'), 503: state('not ready') },
      },
    },
    async (_request, reply) => {
      const ready = !isDraining() && (await healthy());
      reply.status(ready ? 200 : 503).header('cache-control', 'no-store');
      return { status: ready ? 'ready' : 'not ready' };
    },
  );
}

async function withTimeout(work: Promise<unknown>, clock: Clock): Promise<void> {
  const done = new AbortController();
  try {
    await Promise.race([
      work,
      clock.sleep(CHECK_TIMEOUT_MS, done.signal).then(() => Promise.reject(new Error('no answer in time'))),
    ]);
  } finally {
    done.abort();
  }
}
