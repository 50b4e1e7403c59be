import { Type } from 'typebox';

const Summary = {
  status: Type.Unsafe<'healthy' | 'unhealthy'>({ type: 'string', enum: ['healthy', 'unhealthy'] }),
  version: Type.String(),
  uptime_seconds: Type.Integer(),
};
export const Health = Type.Object(Summary);

const DependencyReport = Type.Object({
  name: Type.String({ description: 'database, redis, storage, disk, ffmpeg, yt-dlp, portal…' }),
  status: Type.Unsafe<'up' | 'low' | 'down' | 'off' | 'unknown'>({
    type: 'string',
    enum: ['up', 'low', 'down', 'off', 'unknown'],
    description: 'off: facultatif et absent / optional and absent; unknown: pas encore demandé / not asked yet',
  }),
  required: Type.Boolean(),
  latency_ms: Type.Number(),
  facts: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
  message: Type.Union([Type.String(), Type.Null()]),
});

export const DetailedHealth = Type.Object({
  ...Summary,
  status: Type.Unsafe<'healthy' | 'degraded' | 'unhealthy'>({
    type: 'string',
    enum: ['healthy', 'degraded', 'unhealthy'],
  }),
  dependencies: Type.Optional(
    Type.Array(DependencyReport, { description: 'Pour les opérateurs seulement / For operators only' }),
  ),
});

export const DETAILED_EXAMPLE = {
  status: 'degraded',
  version: '1.0.0',
  uptime_seconds: 86_400,
  dependencies: [
    {
      name: 'database',
      status: 'up',
      required: true,
      latency_ms: 0.6,
      facts: { kind: 'postgresql', connections: 4, waiting: 0 },
      message: null,
    },
    {
      name: 'redis',
      status: 'down',
      required: false,
      latency_ms: 100.2,
      facts: {},
      message: null,
    },
  ],
};

export const Liveness = Type.Object({ status: Type.String() });
