import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/installation.ts';
import { DEPLOY, deployed, replaced } from './deployed-files.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';
import { startProgram } from './programs.ts';

/** An alert as the webhook is told of it. */
export interface Told {
  receiver: 'page' | 'ticket';
  status: 'firing' | 'resolved';
  name: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** Prometheus, Alertmanager and exporters, on the deployed files with shorter times and the addresses of the test. */
export interface WatchPost extends AsyncDisposable {
  /** The values of an expression in the last minutes, by series; NaN left out. */
  values(expr: string): Promise<number[][]>;
  /** Tells Alertmanager of alerts, as Prometheus would. */
  raise(alerts: readonly Readonly<Record<string, string>>[]): Promise<void>;
  /** Names of alerts that are left out because another explains them. */
  inhibited(): Promise<string[]>;
  /** In the order in which the webhook heard of them. */
  told: readonly Told[];
}

/** Short enough that a minute holds what takes an hour; a second is the least that Prometheus' own clocks tell apart well. */
const SCRAPE = '1s';
const WINDOW = '10s';

export async function openWatchPost(options: {
  /** METRICS_PORT of each role. */
  metricsPorts: Readonly<Record<'api' | 'worker' | 'scheduler', number>>;
  apiPort: number;
  databaseUrl: string;
  redisUrl: string;
}): Promise<WatchPost> {
  await using cleanUp = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'robian-watching-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  const door = cleanUp.adopt(await openFrontDoor({ folder, apiPort: options.apiPort }), (it) => it.close());
  const webhook = cleanUp.adopt(await openWebhook(), (it) => it.close());
  const exporters = await startExporters(cleanUp, { ...options, folder, door });
  const alertmanager = await startAlertmanager(cleanUp, folder, webhook.port);
  const prometheus = await startPrometheus(cleanUp, folder, {
    ...options,
    door,
    exporters: { ...exporters, alertmanager },
  });
  const owned = cleanUp.move();
  return {
    told: webhook.told,
    values: (expr) => valuesOf(prometheus, expr),
    raise: (alerts) => raiseAt(alertmanager, alerts),
    inhibited: () => inhibitedAt(alertmanager),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startExporters(
  cleanUp: AsyncDisposableStack,
  options: { folder: string; door: FrontDoor; databaseUrl: string; redisUrl: string },
): Promise<Record<string, number>> {
  const modules = join(options.folder, 'blackbox.yml');
  const trusted = `    http:\n      tls_config: { ca_file: ${options.door.certificateFile} }`;
  writeFileSync(modules, replaced(deployed('prometheus/blackbox.yml'), [['    http:', trusted]]));
  const commands: Record<
    string,
    (address: string) => { command: [string, ...string[]]; environment?: Record<string, string> }
  > = {
    'node-exporter': (address) => ({ command: ['prometheus-node-exporter', `--web.listen-address=${address}`] }),
    'postgres-exporter': (address) => ({
      command: ['prometheus-postgres-exporter', `--web.listen-address=${address}`],
      environment: { DATA_SOURCE_NAME: `${options.databaseUrl}?sslmode=disable` },
    }),
    'redis-exporter': (address) => ({
      command: ['prometheus-redis-exporter', `-web.listen-address=${address}`, `-redis.addr=${options.redisUrl}`],
    }),
    'blackbox-exporter': (address) => ({
      command: ['prometheus-blackbox-exporter', `--web.listen-address=${address}`, `--config.file=${modules}`],
    }),
  };
  const started = Object.entries(commands).map(async ([name, commandAt]) => {
    const port = await freePort();
    const program = await startProgram({
      ...commandAt(`127.0.0.1:${port}`),
      readyUrl: `http://127.0.0.1:${port}/metrics`,
    });
    cleanUp.defer(program.stop);
    return [name, port] as const;
  });
  return Object.fromEntries(await Promise.all(started));
}

async function startAlertmanager(cleanUp: AsyncDisposableStack, folder: string, webhookPort: number): Promise<number> {
  const port = await freePort();
  const config = join(folder, 'alertmanager.yml');
  const text = replaced(deployed('alertmanager/alertmanager.yml'), [
    ['alerts.invalid', `127.0.0.1:${webhookPort}`],
    ['group_wait: 30s', 'group_wait: 1s'],
    ['group_interval: 5m', 'group_interval: 1s'],
  ]);
  writeFileSync(config, text);
  const program = await startProgram({
    command: [
      'prometheus-alertmanager',
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    readyUrl: `http://127.0.0.1:${port}/-/ready`,
  });
  cleanUp.defer(program.stop);
  return port;
}

async function startPrometheus(
  cleanUp: AsyncDisposableStack,
  folder: string,
  options: {
    metricsPorts: Readonly<Record<string, number>>;
    door: FrontDoor;
    exporters: Readonly<Record<string, number>>;
  },
): Promise<string> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const configFolder = join(folder, 'prometheus');
  cpSync(join(DEPLOY, 'prometheus'), configFolder, { recursive: true });
  for (const name of readdirSync(join(configFolder, 'rules'))) {
    const rules = replaced(deployed(`prometheus/rules/${name}`), [
      [/for: \d+[mh]/g, 'for: 1s'],
      [/\[\d+[mh]\]/g, `[${WINDOW}]`],
    ]);
    writeFileSync(join(configFolder, 'rules', name), rules);
  }
  const addresses = Object.entries(options.exporters).map(
    ([name, at]) => [new RegExp(`${name}:\\d+`, 'g'), `127.0.0.1:${at}`] as const,
  );
  const text = replaced(deployed('prometheus/prometheus.yml'), [
    [/scrape_interval: \d+s/g, `scrape_interval: ${SCRAPE}`],
    [/scrape_timeout: \d+s/g, `scrape_timeout: ${SCRAPE}`],
    ['evaluation_interval: 15s', `evaluation_interval: ${SCRAPE}`],
    // Instead of asking DNS: what it would have said.
    [
      /dns_sd_configs: \[\{ names: \[(\w+)\], type: A, port: 9464, refresh_interval: 15s \}\]/g,
      'static_configs: [{ targets: ["$1:9464"], labels: { __meta_dns_name: $1 } }]',
    ],
    ...Object.entries(options.metricsPorts).map(([role, at]) => [`${role}:9464`, `127.0.0.1:${at}`] as const),
    ['localhost:9090', address],
    ...addresses,
  ]);
  writeFileSync(join(configFolder, 'prometheus.yml'), text);
  mkdirSync(join(configFolder, 'targets'), { recursive: true });
  const site = replaced(deployed('prometheus/targets/site.yml'), [['localhost', `localhost:${options.door.port}`]]);
  writeFileSync(join(configFolder, 'targets/site.yml'), site);
  const program = await startProgram({
    command: [
      'prometheus',
      `--config.file=${join(configFolder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'series')}`,
      `--web.listen-address=${address}`,
    ],
    readyUrl: `http://${address}/-/ready`,
  });
  cleanUp.defer(program.stop);
  return `http://${address}`;
}

/** Longer than all of the test takes. */
const LOOK_BACK_SECONDS = 300;

interface Matrix {
  status: string;
  error?: string;
  data: { result: { values: [number, string][] }[] };
}

async function valuesOf(prometheus: string, expr: string): Promise<number[][]> {
  const nowSeconds = Date.now() / 1000;
  const query = new URLSearchParams({
    query: expr.replaceAll('$__rate_interval', WINDOW),
    start: String(nowSeconds - LOOK_BACK_SECONDS),
    end: String(nowSeconds),
    step: '1',
  });
  const answer = (await (
    await fetch(`${prometheus}/api/v1/query_range`, { method: 'POST', body: query })
  ).json()) as Matrix;
  if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`);
  return answer.data.result
    .map(({ values }) => values.map(([, value]) => Number(value)).filter((value) => !Number.isNaN(value)))
    .filter((values) => values.length > 0);
}

async function raiseAt(port: number, alerts: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const body = JSON.stringify(
    alerts.map((labels) => ({ labels, endsAt: new Date(Date.now() + 60_000).toISOString() })),
  );
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(await answer.text());
}

async function inhibitedAt(port: number): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`);
  const alerts = (await answer.json()) as { labels: { alertname: string }; status: { inhibitedBy: string[] } }[];
  return alerts.filter(({ status }) => status.inhibitedBy.length > 0).map(({ labels }) => labels.alertname);
}

interface Notice {
  receiver: Told['receiver'];
  alerts: Pick<Told, 'status' | 'labels' | 'annotations'>[];
}

/** Where alerts arrive; the path is the receiver's. */
async function openWebhook(): Promise<{ port: number; told: Told[]; close(): Promise<void> }> {
  const told: Told[] = [];
  const server = createServer(async (request, response) => {
    const { receiver, alerts } = JSON.parse(await bodyOf(request)) as Notice;
    if (request.url === `/${receiver}`) {
      told.push(...alerts.map((alert) => ({ receiver, ...alert, name: alert.labels.alertname ?? '' })));
    }
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    told,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request) body += String(piece);
  return body;
}
