import type { FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock/index.ts';
import { type App, addVary } from '../platform/http/index.ts';
import { translate } from '../platform/i18n/index.ts';
import { createLook, type Dependency, verdictOf } from './dependencies.ts';
import { DETAILED_EXAMPLE, DetailedHealth, Health, Liveness } from './schemas.ts';

export interface HealthRoutesOptions {
  version: string;
  clock: Clock;
  dependencies: readonly Dependency[];
  isDraining: () => boolean;
  /** Whether who asks may know more than whether it is well. */
  mayReadDetails: (request: FastifyRequest) => boolean | Promise<boolean>;
}

const COUNTED = { limit: 'health' };

const health = (status: 'healthy' | 'unhealthy') => ({
  ...Health,
  examples: [{ status, version: '1.0.0', uptime_seconds: 86_400 }],
});
const detailed = (status: 'degraded' | 'unhealthy') => ({
  ...DetailedHealth,
  examples: [{ ...DETAILED_EXAMPLE, status }],
});
const state = (status: string) => ({ ...Liveness, examples: [{ status }] });

export function registerHealthRoutes(app: App, options: HealthRoutesOptions): void {
  const { version, clock, dependencies, isDraining } = options;
  const startedMs = clock.monotonicMs();
  const uptimeSeconds = (): number => Math.floor((clock.monotonicMs() - startedMs) / 1000);
  const lookAtAll = createLook({ dependencies, clock, logger: app.log });
  const required = dependencies.filter((dependency) => dependency.required);
  const lookAtRequired = createLook({ dependencies: required, clock, logger: app.log });
  const isWell = async (): Promise<boolean> => verdictOf(await lookAtRequired()) !== 'unhealthy';

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
      const well = await isWell();
      reply.status(well ? 200 : 503).header('cache-control', 'no-store');
      return {
        status: well ? ('healthy' as const) : ('unhealthy' as const),
        version,
        uptime_seconds: uptimeSeconds(),
      };
    },
  );

  app.get(
    '/health/detailed',
    {
      config: COUNTED,
      schema: {
        tags: ['health'],
        summary: 'L’état de chaque dépendance / How each dependency is',
        description:
          'Chaque dépendance avec son délai, pour les opérateurs (portée health:details) et depuis la machine elle-même ; le résumé pour les autres. 503 si rien ne peut être servi. / Each dependency with its latency, for operators (scope health:details) and from the machine itself; the summary for others. 503 when nothing can be served.',
        response: { 200: detailed('degraded'), 503: detailed('unhealthy') },
      },
    },
    async (request, reply) => {
      addVary(reply, 'accept-language');
      const [reports, mayRead] = await Promise.all([lookAtAll(), options.mayReadDetails(request)]);
      const status = verdictOf(reports);
      reply.status(status === 'unhealthy' ? 503 : 200).header('cache-control', 'no-store');
      const summary = { status, version, uptime_seconds: uptimeSeconds() };
      if (!mayRead) return summary;
      return {
        ...summary,
        dependencies: reports.map((report) => ({
          name: report.name,
          status: report.state,
          required: report.required,
          latency_ms: Math.round(report.latencyMs * 10) / 10,
          facts: { ...report.facts },
          message: report.message === undefined ? null : translate(report.message, request.language),
        })),
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
      const ready = !isDraining() && (await isWell());
      reply.status(ready ? 200 : 503).header('cache-control', 'no-store');
      return { status: ready ? 'ready' : 'not ready' };
    },
  );
}
