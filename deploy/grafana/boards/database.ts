import type { Board } from '../board.ts';
import { perSecond, quantile } from './selectors.ts';

const QUERIES = 'robian_database_query_duration_seconds';
const activity = (selector: string): string => perSecond(`pg_stat_database_${selector}{datname!~"template.*"}`);

export const databaseBoard: Board = {
  uid: 'robian-database',
  title: 'Robian: database',
  description:
    'The database as the processes see it (embedded or server), PostgreSQL as it sees itself (postgres-exporter; empty for the embedded one), and Redis.',
  rows: [
    {
      title: 'As the processes see it',
      panels: [
        {
          title: 'Statements',
          kind: 'areas',
          unit: 'ops',
          columns: 8,
          series: [{ expr: `sum by (statement) (${perSecond(`${QUERIES}_count`)})`, legend: '{{statement}}' }],
        },
        {
          title: 'How long statements take',
          description: 'Without the wait for a connection.',
          kind: 'lines',
          unit: 's',
          columns: 8,
          series: [0.5, 0.95, 0.99].map((part) => ({
            expr: quantile(part, QUERIES, 'outcome="completed"'),
            legend: `p${part * 100}`,
          })),
        },
        {
          title: 'Statements that failed',
          kind: 'lines',
          unit: 'ops',
          columns: 8,
          series: [
            {
              expr: `sum(${perSecond(`${QUERIES}_count{outcome="failed"}`)}) or vector(0)`,
              legend: 'failed',
            },
          ],
        },
        {
          title: 'Connections of the pools',
          kind: 'areas',
          unit: 'short',
          columns: 12,
          series: [{ expr: 'sum by (role, state) (robian_database_connections)', legend: '{{role}} {{state}}' }],
        },
        {
          title: 'Who waits for a connection',
          description: 'Longer than a moment: the pool is too small, or somebody holds what they do not use.',
          kind: 'lines',
          unit: 'short',
          columns: 12,
          series: [{ expr: 'sum by (role) (robian_database_waiting)', legend: '{{role}}' }],
        },
      ],
    },
    {
      title: 'PostgreSQL',
      panels: [
        {
          title: 'PostgreSQL answers',
          kind: 'number',
          unit: 'short',
          columns: 4,
          series: [{ expr: 'pg_up', legend: '{{instance}}' }],
        },
        {
          title: 'Connections of all that may be',
          description: 'Alert DatabaseConnections above 85 %.',
          kind: 'number',
          unit: 'percentunit',
          columns: 4,
          limits: { amber: 0.7, red: 0.85 },
          series: [
            {
              expr: 'sum by (instance) (pg_stat_activity_count) / on (instance) max by (instance) (pg_settings_max_connections)',
              legend: '{{instance}}',
            },
          ],
        },
        {
          title: 'Size',
          kind: 'number',
          unit: 'bytes',
          columns: 4,
          series: [
            {
              expr: 'max by (datname) (pg_database_size_bytes{datname!~"template.*|postgres"})',
              legend: '{{datname}}',
            },
          ],
        },
        {
          title: 'Replicas connected',
          kind: 'number',
          unit: 'short',
          columns: 4,
          series: [{ expr: 'count(pg_stat_replication_pg_wal_lsn_diff) or vector(0)', legend: 'replicas' }],
        },
        {
          title: 'Slots without their replica',
          description: 'Alert ReplicationDown: what the replica has not taken is kept, until the disk is full.',
          kind: 'number',
          unit: 'short',
          columns: 4,
          limits: { amber: 1, red: 1 },
          series: [{ expr: 'count(pg_replication_slots_active == 0) or vector(0)', legend: 'slots' }],
        },
        {
          title: 'Last backup',
          description: 'Alert BackupTooOld after 26 hours.',
          kind: 'number',
          unit: 'dateTimeFromNow',
          columns: 4,
          series: [{ expr: 'max(robian_backup_last_success_timestamp_seconds) * 1000', legend: 'ended' }],
        },
        {
          title: 'Transactions',
          kind: 'lines',
          unit: 'ops',
          columns: 8,
          series: [
            { expr: `sum by (datname) (${activity('xact_commit')})`, legend: '{{datname}} committed' },
            { expr: `sum by (datname) (${activity('xact_rollback')})`, legend: '{{datname}} rolled back' },
          ],
        },
        {
          title: 'Blocks found in memory',
          kind: 'lines',
          unit: 'percentunit',
          columns: 8,
          series: [
            {
              expr: `sum by (datname) (${activity('blks_hit')}) / (sum by (datname) (${activity('blks_hit')}) + sum by (datname) (${activity('blks_read')}) > 0)`,
              legend: '{{datname}}',
            },
          ],
        },
        {
          title: 'Behind the primary',
          description: 'Bytes that replicas have not replayed yet.',
          kind: 'lines',
          unit: 'bytes',
          columns: 8,
          series: [{ expr: 'pg_stat_replication_pg_wal_lsn_diff', legend: '{{application_name}}' }],
        },
        {
          title: 'Locks',
          kind: 'areas',
          unit: 'short',
          columns: 8,
          series: [{ expr: 'sum by (mode) (pg_locks_count)', legend: '{{mode}}' }],
        },
        {
          title: 'Sessions',
          kind: 'areas',
          unit: 'short',
          columns: 8,
          series: [{ expr: 'sum by (state) (pg_stat_activity_count)', legend: '{{state}}' }],
        },
        {
          title: 'Longest transaction',
          kind: 'lines',
          unit: 's',
          columns: 8,
          series: [{ expr: 'max by (state) (pg_stat_activity_max_tx_duration)', legend: '{{state}}' }],
        },
      ],
    },
    {
      title: 'Redis',
      panels: [
        {
          title: 'Redis answers',
          description: 'Asked by its exporter, and as the processes last heard of it.',
          kind: 'number',
          unit: 'short',
          columns: 6,
          series: [
            { expr: 'redis_up', legend: 'exporter' },
            { expr: 'min by (role) (robian_redis_up)', legend: '{{role}}' },
          ],
        },
        {
          title: 'Memory',
          kind: 'lines',
          unit: 'bytes',
          columns: 6,
          series: [{ expr: 'redis_memory_used_bytes', legend: '{{instance}}' }],
        },
        {
          title: 'Commands',
          kind: 'lines',
          unit: 'ops',
          columns: 6,
          series: [{ expr: perSecond('redis_commands_processed_total'), legend: '{{instance}}' }],
        },
        {
          title: 'Clients and replicas',
          kind: 'lines',
          unit: 'short',
          columns: 6,
          series: [
            { expr: 'redis_connected_clients', legend: 'clients' },
            { expr: 'redis_connected_slaves', legend: 'replicas' },
          ],
        },
      ],
    },
  ],
};
