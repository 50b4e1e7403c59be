import { createApp } from './app.ts';
import { backupActions, takeDueBackup } from './backups.ts';
import { extractionJob, extractionJobs, openingJob } from './extraction/index.ts';
import { type House, openHouse } from './house.ts';
import { createOpsApp } from './ops-app.ts';
import { addDays, type Clock, parisDay } from './platform/clock/index.ts';
import type { Config } from './platform/config/index.ts';
import type { App } from './platform/http/index.ts';
import {
  type Lifecycle,
  leadWhenElected,
  type PeriodicTask,
  runPeriodically,
  serveOperator,
} from './platform/process/index.ts';
import type { Logger } from './platform/telemetry/index.ts';

export interface Robian extends Lifecycle {
  house: House;
  /** Where it listens, `http://127.0.0.1:8000`; null without the api role. */
  address: string | null;
  /** Resolves when it has stopped. */
  stopped: Promise<void>;
}

/** Live streams are told of within this time, and others poll no slower without complaint. */
const OBSERVE_LIVE_SECONDS = 20;

/**
 * Starts the roles of the configuration in this process.
 * @throws FolderHeldError, or the error of listening (address in use), after everything opened was closed again
 */
export async function startRobian(options: { config: Config; clock: Clock; logger: Logger }): Promise<Robian> {
  const { config, clock, logger } = options;
  const stopping = new AbortController();
  const stopped = Promise.withResolvers<void>();
  const onFatal = (error: Error): void => {
    // Nothing can be acknowledged any more; whoever runs us starts us again.
    logger.fatal({ err: error }, 'the database is gone: leaving');
    process.exit(1);
  };
  const house = await openHouse({ config, clock, logger, onFatal });
  // A worker may have no use for Redis for hours, and must not be believed to be without it. What fails is told as it happens.
  house.redis?.ping().catch(() => undefined);
  const background: Promise<void>[] = [];
  let app: App | null = null;
  let ops: App | null = null;
  let address: string | null = null;
  let closeOperator = async (): Promise<void> => undefined;
  try {
    const { embedded } = house.database;
    if (embedded !== null) closeOperator = await serveOperator(embedded.privateFolder, backupActions(house));
    await house.queue.start(extractionJobs);
    if (config.roles.has('worker')) {
      await work(house);
      background.push(sweepWorkspaces(house, stopping.signal));
    }
    if (config.roles.has('scheduler')) background.push(schedule(house, stopping.signal));
    if (config.roles.has('api')) {
      await house.accounts.start();
      app = await createApp(house, { isDraining: () => stopping.signal.aborted });
      address = await app.listen({ host: config.host, port: config.port });
    }
    if (config.metricsPort !== undefined) {
      ops = await createOpsApp(house, { isDraining: () => stopping.signal.aborted });
      await ops.listen({ host: config.host, port: config.metricsPort });
    }
  } catch (error) {
    stopping.abort();
    await Promise.all([app?.close(), ops?.close(), closeOperator(), house.queue.stop(0), ...background]);
    await house.close();
    throw error;
  }
  logger.info({ roles: [...config.roles], address, database: house.database.kind }, 'started');

  const stop = async (): Promise<void> => {
    stopping.abort(new Error('stopping'));
    const left = house.queue.stop(QUEUE_GRACE_MS);
    if (app !== null) await drainApp(app, house);
    await Promise.all([closeApp(app), closeApp(ops), closeOperator(), left, ...background]);
    await house.close();
    stopped.resolve();
  };
  return { house, address, stopped: stopped.promise, stop };
}

/** Those who listen may finish the piece they asked for within this time; players then ask the next process for the rest, in ms. */
const LISTENERS_GRACE_MS = 10_000;

/**
 * Goes on answering for the time that balancers need to notice that it is not ready any more, and gives up each connection with
 * the answer: what they keep open and would send on next is not cut off under a request that cannot be sent twice.
 */
async function drainApp(app: App, { config, clock }: House): Promise<void> {
  if (config.drainSeconds === 0) return;
  app.server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  await clock.sleep(config.drainSeconds * 1_000);
}

/** Node closes connections that are idle when it stops listening, and no later ones; so they are looked for again, in ms. */
const IDLE_LOOK_MS = 50;

/** Takes no new request, and breaks those that are not answered in time. */
async function closeApp(app: App | null): Promise<void> {
  if (app === null) return;
  const timer = setTimeout(() => app.server.closeAllConnections(), LISTENERS_GRACE_MS);
  const looking = setInterval(() => app.server.closeIdleConnections(), IDLE_LOOK_MS);
  try {
    await app.close();
  } finally {
    clearInterval(looking);
    clearTimeout(timer);
  }
}

/** Takes jobs, after what a worker that died left behind has been settled. */
async function work(house: House): Promise<void> {
  const { config, database, extraction, queue, vault } = house;
  await vault.recover();
  await extraction.recover({ alone: database.kind === 'embedded' });
  await queue.work(extractionJob, config.extractionConcurrency, (job) => extraction.handle(job));
  // Left to another worker where there is none.
  if (extraction.canListen) await queue.work(openingJob, OPENINGS_AT_ONCE, (job) => extraction.handleOpening(job));
}

/** Each worker its own: a scheduler on another machine does not see what a run that another worker took over left here. */
function sweepWorkspaces({ clock, extraction, logger, metrics }: House, signal: AbortSignal): Promise<void> {
  return runPeriodically([{ name: 'sweep workspaces', everySeconds: HOUR_SECONDS, run: () => extraction.sweep() }], {
    clock,
    signal,
    onError: (task, error) => logger.error({ err: error, task }, 'a periodic task failed'),
    onEnd: metrics.onTaskEnd,
  });
}

/** Each keeps a core busy for some seconds; nobody waits for it. */
const OPENINGS_AT_ONCE = 1;

/** A job that does not stop by itself within this time is left to the next worker, which goes on where it was, in ms. */
const QUEUE_GRACE_MS = 5_000;

function schedule(house: House, signal: AbortSignal): Promise<void> {
  const { clock, database, logger, metrics } = house;
  return leadWhenElected({
    tryLock: () => database.tryLock('scheduler'),
    lead: async (leading) => {
      metrics.leads(true);
      try {
        await runPeriodically(scheduledTasks(house), {
          clock,
          signal: leading,
          onError: (task, error) => logger.error({ err: error, task }, 'a scheduled task failed'),
          onEnd: metrics.onTaskEnd,
        });
      } finally {
        metrics.leads(false);
      }
    },
    clock,
    signal,
    onError: (error) => logger.warn({ err: error }, 'no leadership'),
  });
}

/** Chapters of a live sitting are looked for each minute; what comes later keeps its own, slower schedule. */
const TAKE_WORDS_SECONDS = 60;
const HOUR_SECONDS = 3_600;
/** A worker that is silent for 15 s is dead; its run waits for at most this long on top. */
const RECOVER_SECONDS = 10;
/** How late after its hour a backup may begin, and how soon one that failed is tried again. */
const BACKUP_LOOK_SECONDS = 300;
/** Clients that were away longer reload instead of resuming. */
const EVENTS_KEPT_DAYS = 30;

function scheduledTasks(house: House): PeriodicTask[] {
  const { config, clock, ingest, events, extraction, vault, accounts } = house;
  const retention = { maxAgeDays: config.retentionDays, maxTotalBytes: config.retentionBytes };
  const tasks: PeriodicTask[] = [
    { name: 'recover extractions', everySeconds: RECOVER_SECONDS, run: () => extraction.recover() },
    { name: 'retention', everySeconds: HOUR_SECONDS, run: () => vault.applyRetention(retention) },
    { name: 'sweep the vault', everySeconds: 24 * HOUR_SECONDS, run: () => vault.sweepGarbage() },
    { name: 'prune events', everySeconds: 24 * HOUR_SECONDS, run: () => events.prune(EVENTS_KEPT_DAYS) },
    { name: 'prune accounts', everySeconds: 24 * HOUR_SECONDS, run: () => accounts.prune() },
  ];
  if (config.backupAt !== null) {
    tasks.push({ name: 'backup', everySeconds: BACKUP_LOOK_SECONDS, run: (running) => takeDueBackup(house, running) });
  }
  if (config.ingestEverySeconds !== null) {
    tasks.push(
      {
        name: 'ingest',
        everySeconds: config.ingestEverySeconds,
        run: (signal) => {
          const until = parisDay(clock.now());
          return ingest.run({ since: addDays(until, -config.ingestDays), until, signal });
        },
      },
      {
        name: 'take dumps',
        everySeconds: 24 * HOUR_SECONDS,
        run: (signal) => ingest.takeDumps({ dumps: ['everybody', 'activeDeputies', 'agenda'], signal }),
      },
      { name: 'take words', everySeconds: TAKE_WORDS_SECONDS, run: (signal) => ingest.takeWords({ signal }) },
      { name: 'observe live', everySeconds: OBSERVE_LIVE_SECONDS, run: (signal) => ingest.observeLive({ signal }) },
    );
  }
  return tasks;
}
