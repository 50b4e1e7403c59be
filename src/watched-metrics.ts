import { statfs } from 'node:fs/promises';
import type { LastBackup } from './backup/index.ts';
import type { BegunSittings } from './debates/index.ts';
import type { CacheStats } from './platform/cache/index.ts';
import type { PoolState } from './platform/database/index.ts';
import type { QueueStats } from './platform/queue/index.ts';
import type { Metrics, Sample } from './platform/telemetry/index.ts';
import type { Realtime } from './realtime/index.ts';
import type { Streaming } from './streaming/index.ts';

export interface HouseNumbers {
  pool(): PoolState;
  queue(): Promise<QueueStats>;
  /** Null: there is none. */
  redisIsReady: (() => boolean) | null;
  begunSittings(): Promise<readonly BegunSittings[]>;
  /** Null: none was ever taken. */
  lastBackup(): Promise<LastBackup | null>;
  /** Must exist. */
  dataDir: string;
}

export interface AppNumbers {
  caches: readonly { name: string; stats(): CacheStats; shared: boolean }[];
  streaming: Streaming;
  realtime: Realtime;
  connections(): Promise<number>;
}

export function watchHouse(metrics: Metrics, house: HouseNumbers): void {
  metrics.collect(
    'database pool',
    {
      connections: { name: 'robian_database_connections', help: 'Connections of the pool.', type: 'gauge' },
      waiting: { name: 'robian_database_waiting', help: 'Who waits for a connection of the pool.', type: 'gauge' },
      limit: { name: 'robian_database_connections_limit', help: 'Most connections of the pool.', type: 'gauge' },
    },
    () => {
      const { size, idle, waiting, limit } = house.pool();
      const connections = [
        { labels: { state: 'idle' }, value: idle },
        { labels: { state: 'used' }, value: size - idle },
      ];
      return { connections, waiting, limit };
    },
  );
  const { redisIsReady } = house;
  if (redisIsReady !== null) {
    metrics.collect(
      'redis',
      { up: { name: 'robian_redis_up', help: 'Whether Redis was there when last heard of.', type: 'gauge' } },
      () => ({ up: redisIsReady() ? 1 : 0 }),
    );
  }
  watchQueue(metrics, house.queue);
  metrics.collect(
    'sittings',
    {
      begun: {
        name: 'robian_sittings_begun',
        help: 'Sittings of today in Paris whose hour has come, by what is known of them; the same in all processes.',
        type: 'gauge',
      },
    },
    async () => ({
      begun: (await house.begunSittings()).map(({ type, state, count }) => ({ labels: { type, state }, value: count })),
    }),
  );
  metrics.collect(
    'backup',
    {
      finished: {
        name: 'robian_backup_last_success_timestamp_seconds',
        help: 'When the last backup was whole, in whatever process; 0: none was ever taken.',
        type: 'gauge',
      },
      size: { name: 'robian_backup_last_size_bytes', help: 'Size of the last backup with its sound.', type: 'gauge' },
    },
    async () => {
      const last = await house.lastBackup();
      return { finished: (last?.finishedAt.getTime() ?? 0) / 1000, size: last?.storedBytes ?? 0 };
    },
  );
  metrics.collect(
    'disk',
    {
      free: { name: 'robian_disk_free_bytes', help: 'Free for us where DATA_DIR is.', type: 'gauge' },
      total: { name: 'robian_disk_total_bytes', help: 'Size of the disk where DATA_DIR is.', type: 'gauge' },
    },
    async () => {
      const { bavail, blocks, bsize } = await statfs(house.dataDir);
      return { free: bavail * bsize, total: blocks * bsize };
    },
  );
}

/** The queue is one for all processes: each says the same, so these are not to be added up. */
function watchQueue(metrics: Metrics, read: HouseNumbers['queue']): void {
  metrics.collect(
    'queue',
    {
      jobs: { name: 'robian_queue_jobs', help: 'Jobs in the queue shared by all processes.', type: 'gauge' },
      age: {
        name: 'robian_queue_oldest_ready_seconds',
        help: 'How long the job that waits longest could have been taken.',
        type: 'gauge',
      },
      deadLetters: { name: 'robian_queue_dead_letters', help: 'Jobs whose attempts all failed.', type: 'gauge' },
    },
    async () => {
      const { queues, deadLetters } = await read();
      const jobs = queues.flatMap(({ name, ready, deferred, active }) =>
        Object.entries({ ready, deferred, active }).map(([state, value]) => ({
          labels: { queue: name, state },
          value,
        })),
      );
      const age = queues.map(({ name, oldestReadySeconds }) => ({
        labels: { queue: name },
        value: oldestReadySeconds,
      }));
      return { jobs, age, deadLetters };
    },
  );
}

/** Gives what to call with the application's numbers; what that gives ends it. */
export function watchApps(metrics: Metrics): (numbers: AppNumbers) => () => void {
  /** One in the product; tests make several on one house, one after the other. */
  let app: AppNumbers | null = null;
  metrics.collect(
    'connections',
    {
      http: { name: 'robian_http_connections', help: 'Open connections of clients.', type: 'gauge' },
      realtime: { name: 'robian_realtime_connections', help: 'Clients that follow the news.', type: 'gauge' },
      relays: { name: 'robian_audio_relays', help: 'Listeners relayed from the source now.', type: 'gauge' },
      answers: {
        name: 'robian_audio_answers_total',
        help: 'Answers with stored sound, whole or in part.',
        type: 'counter',
      },
      audio: {
        name: 'robian_audio_sent_bytes_total',
        help: 'Bytes of sound that listeners took, from our storage or relayed from the source.',
        type: 'counter',
      },
    },
    async () => {
      if (app === null) return {};
      const { stored, relay } = app.streaming.stats();
      const { webSockets, eventStreams } = app.realtime.stats();
      return {
        http: await app.connections(),
        realtime: [
          { labels: { kind: 'websocket' }, value: webSockets },
          { labels: { kind: 'sse' }, value: eventStreams },
        ],
        relays: relay.active,
        answers: stored.answers,
        audio: [
          { labels: { origin: 'stored' }, value: stored.sentBytes },
          { labels: { origin: 'relayed' }, value: relay.sentBytes },
        ],
      };
    },
  );
  watchCaches(metrics, () => app);
  return (numbers) => {
    app = numbers;
    return () => {
      if (app === numbers) app = null;
    };
  };
}

function watchCaches(metrics: Metrics, appNow: () => AppNumbers | null): void {
  metrics.collect(
    'caches',
    {
      hits: { name: 'robian_cache_hits_total', help: 'Asked of a tier and found there.', type: 'counter' },
      misses: { name: 'robian_cache_misses_total', help: 'Asked of a tier and not found.', type: 'counter' },
      joined: {
        name: 'robian_cache_joined_total',
        help: 'Misses that waited for a computation under way instead of making their own.',
        type: 'counter',
      },
      evicted: {
        name: 'robian_cache_evicted_total',
        help: 'Taken out because something they depended on changed.',
        type: 'counter',
      },
      entries: { name: 'robian_cache_entries', help: 'Kept in memory now.', type: 'gauge' },
      bytes: { name: 'robian_cache_bytes', help: 'Memory of what is kept.', type: 'gauge' },
    },
    () => {
      const app = appNow();
      if (app === null) return {};
      const { blocks } = app.streaming.stats().stored;
      const kept = [
        ...app.caches.map(({ name, shared, stats }) => ({ name, shared, stats: stats() })),
        { name: 'audio-blocks', shared: false, stats: { ...blocks, sharedHits: 0, joined: 0, evicted: 0 } },
      ];
      const tiers = (memory: keyof CacheStats, inShared: (stats: CacheStats) => number): Sample[] =>
        kept.flatMap(({ name, shared, stats }) => [
          { labels: { cache: name, tier: 'memory' }, value: stats[memory] },
          ...(shared ? [{ labels: { cache: name, tier: 'redis' }, value: inShared(stats) }] : []),
        ]);
      const inMemory = (key: keyof CacheStats): Sample[] =>
        kept.map(({ name, stats }) => ({ labels: { cache: name }, value: stats[key] }));
      return {
        hits: tiers('hits', ({ sharedHits }) => sharedHits),
        misses: tiers('misses', ({ misses, joined, sharedHits }) => misses - joined - sharedHits),
        joined: inMemory('joined'),
        evicted: inMemory('evicted'),
        entries: inMemory('entries'),
        bytes: inMemory('sizeBytes'),
      };
    },
  );
}
