import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App, ProblemResponse } from '../platform/http/index.ts';

export interface MetricsRouteOptions {
  render: () => Promise<string>;
  contentType: string;
  /** Throws a coded 401 or 403 unless who asks may read them: they tell how much, by whom never. */
  authorise: (request: FastifyRequest) => void | Promise<void>;
  /** What `authorise` may answer, for the document. */
  refused?: { 401: ProblemResponse; 403: ProblemResponse };
}

const EXAMPLE = [
  '# HELP robian_scheduler_leader 1 where the scheduler works; the sum over all processes is to be 1.',
  '# TYPE robian_scheduler_leader gauge',
  'robian_scheduler_leader 1',
  '',
].join('\n');

export function registerMetricsRoute(app: App, options: MetricsRouteOptions): void {
  app.get(
    '/metrics',
    {
      // Prometheus asks every few seconds, and a line each time would say nothing.
      config: { limit: 'health', quiet: true, scope: 'metrics:read' },
      schema: {
        tags: ['health'],
        summary: 'Mesures pour Prometheus / Metrics for Prometheus',
        description:
          'Depuis la machine elle-même, ou avec un jeton de portée metrics:read ; le port METRICS_PORT n’en demande pas. / From the machine itself, or with a token of scope metrics:read; the port METRICS_PORT asks for none.',
        security: [{}, { operator: [] }, { account: [] }],
        response: {
          200: {
            description: 'Text format 0.0.4',
            content: { 'text/plain': { schema: Type.String(), example: EXAMPLE } },
          },
          ...options.refused,
        },
      },
      onRequest: async (request) => options.authorise(request),
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store').type(options.contentType);
      return options.render();
    },
  );
}
