import type { Board } from '../board.ts';
import { perSecond } from './selectors.ts';

const FILES = 'fstype!~"tmpfs|ramfs|overlay|squashfs|nsfs"';
const OURS = 'job="robian"';

export const systemBoard: Board = {
  uid: 'robian-system',
  title: 'Robian: system',
  description:
    'Disks, memory and processors (node-exporter), our processes, the certificate, and who watches the watchers.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Disk of DATA_DIR in use',
          description: 'Alert DiskAlmostFull above 85 %.',
          kind: 'number',
          unit: 'percentunit',
          columns: 4,
          limits: { amber: 0.75, red: 0.85 },
          series: [
            { expr: 'max by (role) (1 - robian_disk_free_bytes / robian_disk_total_bytes)', legend: '{{role}}' },
          ],
        },
        {
          title: 'Certificate ends',
          description: 'Alert CertificateNearItsEnd 14 days before.',
          kind: 'number',
          unit: 'dateTimeFromNow',
          columns: 4,
          series: [{ expr: 'min by (instance) (probe_ssl_earliest_cert_expiry) * 1000', legend: '{{instance}}' }],
        },
        {
          title: 'The site answers from outside',
          kind: 'number',
          unit: 'short',
          columns: 4,
          series: [{ expr: 'min by (instance) (probe_success)', legend: '{{instance}}' }],
        },
        {
          title: 'Memory available',
          kind: 'number',
          unit: 'percentunit',
          columns: 4,
          series: [{ expr: 'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', legend: '{{instance}}' }],
        },
        {
          title: 'Not scraped',
          kind: 'number',
          unit: 'short',
          columns: 4,
          limits: { amber: 1, red: 1 },
          series: [{ expr: 'count(up == 0) or vector(0)', legend: 'targets' }],
        },
        {
          title: 'Alerts that fire',
          kind: 'number',
          unit: 'short',
          columns: 4,
          limits: { amber: 1, red: 1 },
          series: [{ expr: 'count(ALERTS{alertstate="firing"}) or vector(0)', legend: 'alerts' }],
        },
      ],
    },
    {
      title: 'The machine',
      panels: [
        {
          title: 'Processors',
          kind: 'areas',
          unit: 'percentunit',
          columns: 8,
          series: [
            {
              expr: `avg by (mode) (${perSecond('node_cpu_seconds_total{mode!="idle"}')})`,
              legend: '{{mode}}',
            },
          ],
        },
        {
          title: 'Memory',
          kind: 'lines',
          unit: 'bytes',
          columns: 8,
          series: [
            { expr: 'node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes', legend: 'used' },
            { expr: 'node_memory_MemTotal_bytes', legend: 'all' },
          ],
        },
        {
          title: 'Load (1 minute) and processors',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          series: [
            { expr: 'node_load1', legend: 'load' },
            { expr: 'count by (instance) (node_cpu_seconds_total{mode="idle"})', legend: 'processors' },
          ],
        },
        {
          title: 'Disks in use',
          kind: 'lines',
          unit: 'percentunit',
          columns: 8,
          series: [
            {
              expr: `max by (mountpoint) (1 - node_filesystem_avail_bytes{${FILES}} / node_filesystem_size_bytes{${FILES}})`,
              legend: '{{mountpoint}}',
            },
            {
              expr: 'max by (role) (1 - robian_disk_free_bytes / robian_disk_total_bytes)',
              legend: 'DATA_DIR of {{role}}',
            },
          ],
        },
        {
          title: 'Disks at work',
          description: '100 %: there was always something to write or read.',
          kind: 'lines',
          unit: 'percentunit',
          columns: 8,
          series: [{ expr: perSecond('node_disk_io_time_seconds_total'), legend: '{{device}}' }],
        },
        {
          title: 'Network',
          kind: 'lines',
          unit: 'Bps',
          columns: 8,
          series: [
            { expr: `sum(${perSecond('node_network_transmit_bytes_total')})`, legend: 'sent' },
            { expr: `sum(${perSecond('node_network_receive_bytes_total')})`, legend: 'received' },
          ],
        },
      ],
    },
    {
      title: 'Our processes',
      panels: [
        {
          title: 'Processors used',
          description: '100 % is one core.',
          kind: 'lines',
          unit: 'percentunit',
          columns: 8,
          series: [{ expr: perSecond(`process_cpu_seconds_total{${OURS}}`), legend: '{{role}} {{instance}}' }],
        },
        {
          title: 'Memory',
          kind: 'lines',
          unit: 'bytes',
          columns: 8,
          series: [{ expr: `process_resident_memory_bytes{${OURS}}`, legend: '{{role}} {{instance}}' }],
        },
        {
          title: 'Delay of the event loop (p99)',
          description: 'What a request waits before anything looks at it.',
          kind: 'lines',
          unit: 's',
          columns: 8,
          series: [{ expr: `nodejs_eventloop_lag_p99_seconds{${OURS}}`, legend: '{{role}} {{instance}}' }],
        },
        {
          title: 'Heap in use',
          kind: 'lines',
          unit: 'bytes',
          columns: 8,
          series: [{ expr: `nodejs_heap_size_used_bytes{${OURS}}`, legend: '{{role}} {{instance}}' }],
        },
        {
          title: 'Open files',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          series: [{ expr: `process_open_fds{${OURS}}`, legend: '{{role}} {{instance}}' }],
        },
        {
          title: 'Starts of processes',
          description: 'Each step is a start.',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          series: [{ expr: `changes(process_start_time_seconds{${OURS}}[1h])`, legend: '{{role}} {{instance}}' }],
        },
      ],
    },
    {
      title: 'Who watches',
      panels: [
        {
          title: 'Alerts sent on',
          kind: 'lines',
          unit: 'cps',
          columns: 8,
          series: [
            {
              expr: `sum by (integration) (${perSecond('alertmanager_notifications_total')})`,
              legend: '{{integration}}',
            },
          ],
        },
        {
          title: 'Alerts that could not be sent on',
          description: 'Alert AlertsNotDelivered.',
          kind: 'lines',
          unit: 'cps',
          columns: 8,
          series: [
            {
              expr: `sum by (integration) (${perSecond('alertmanager_notifications_failed_total')})`,
              legend: '{{integration}}',
            },
          ],
        },
        {
          title: 'Series that Prometheus holds',
          kind: 'lines',
          unit: 'short',
          columns: 8,
          series: [{ expr: 'prometheus_tsdb_head_series', legend: '{{instance}}' }],
        },
      ],
    },
  ],
};
