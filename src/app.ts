import { createHmac } from 'node:crypto';
import { accountsErrors, allows, registerAccountsRoutes } from './accounts/index.ts';
import { ERROR_CATALOGUES } from './catalogues.ts';
import {
  changedTags,
  type DebatesRoutesOptions,
  registerAdministrationRoutes,
  registerDebatesRoutes,
  type SearchCounts,
  type Total,
} from './debates/index.ts';
import { dependenciesOf } from './dependencies.ts';
import { registerExtractionRoutes } from './extraction/index.ts';
import { registerHealthRoutes, registerMetricsRoute } from './health/index.ts';
import { type House, MAX_RELAYS, VERSION } from './house.ts';
import { registerLibraryRoutes } from './library/index.ts';
import { createRequestLimits } from './limits.ts';
import { createTaggedCache, followEvents } from './platform/cache/index.ts';
import { registerErrorPages } from './platform/error-pages/index.ts';
import {
  type App,
  createAnswerCache,
  createHttpServer,
  createSharedAnswers,
  isLocalRequest,
  problemResponse,
  type RequestLimits,
  registerDocumentation,
} from './platform/http/index.ts';
import { registerRealtimeRoutes } from './realtime/index.ts';
import { registerSpeechRoutes } from './speech/index.ts';
import { createAudience, registerStatsRoutes } from './stats/index.ts';
import { createPlayables, createRelay, registerStreamingRoutes } from './streaming/index.ts';
import { presentAudioFile } from './vault/index.ts';

/** Totals of some thousand different lists; a number with what surrounds it takes about this. */
const TOTALS_BYTES = 2e6;
const TOTAL_BYTES = 200;
/** Counts of some thousand different searches: some dozens of names and numbers each. */
const COUNTS_BYTES = 8e6;
/** A total with its facets: some seventy values of 60 letters, the question, and what the engine adds. */
const COUNT_BYTES = 8_000;

/** 64 bits: enough to tell accounts from one another. */
const MARK_HEX_DIGITS = 16;

/** What an operation may answer whose token is missing, unknown or not enough. */
const refused = {
  401: problemResponse(accountsErrors.error('sign-in-required'), accountsErrors.error('invalid-token')),
  403: problemResponse(accountsErrors.error('forbidden')),
};

/** The HTTP application, built from the rooms in reading order. It never listens: the process does, and tests inject into it. */
export async function createApp(
  house: House,
  options: {
    isDraining: () => boolean;
    /** Instead of the product's: a load test counts too, but is never refused. */
    limits?: RequestLimits;
  },
): Promise<App> {
  const { config, clock, database, debates, vault, extraction, accounts, library, listening, metrics, redis } = house;
  const cache = createAnswerCache({
    maxBytes: config.cacheBytes,
    clock,
    shared: redis && createSharedAnswers({ redis, clock, space: `${VERSION} ${config.publicUrl}` }),
  });
  const app = await createHttpServer({
    logger: house.logger,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy,
    version: VERSION,
    languages: house.languages,
    corsOrigins: config.corsOrigins,
    limits: config.rateLimits
      ? (options.limits ?? createRequestLimits({ clock, redis, accountOf: accounts.accountOf }))
      : undefined,
    cache,
    observer: metrics.requests,
    // Keyed, so that nobody who has the log and a list of accounts can join the two.
    markOf: (accountId) =>
      createHmac('sha256', house.secret).update(`log ${accountId}`).digest('hex').slice(0, MARK_HEX_DIGITS),
  });
  const audience = createAudience({
    db: database.db,
    debates,
    redis,
    clock,
    secret: house.secret,
    accountOf: accounts.accountOf,
    onError: (error) => house.logger.error({ err: error }, 'views and plays could not be written yet'),
    onCounted: metrics.onCounted,
  });
  app.addHook('onClose', () => audience.close());
  const totals = createTaggedCache<Total>({ maxBytes: TOTALS_BYTES, sizeBytesOf: () => TOTAL_BYTES, clock });
  const counts = createTaggedCache<SearchCounts>({
    maxBytes: COUNTS_BYTES,
    sizeBytesOf: () => COUNT_BYTES,
    clock,
  });
  const audioFiles: DebatesRoutesOptions['audioFiles'] = async (ids) => {
    const files = await vault.readyFiles(ids);
    return new Map(
      [...files].map(([id, ready]) => [id, ready.map((file) => presentAudioFile(file, config.publicUrl))]),
    );
  };
  registerDebatesRoutes(app, {
    debates,
    db: database.db,
    clock,
    publicUrl: config.publicUrl,
    totals,
    counts,
    oneAtATime: database.kind === 'embedded',
    onView: (request, debateId) => audience.saw('view', request, debateId),
    audioFiles,
  });
  registerAdministrationRoutes(app, {
    administration: house.administration,
    publicUrl: config.publicUrl,
    onRequest: accounts.onRequest({ scope: 'debates:write' }),
    who: async (request) => (await accounts.authenticate(request))?.accountId ?? 'ADMIN_TOKEN',
    refused,
    admitPage: house.pageGate.admitChosen,
    audioFiles,
    audit: (change) => house.logger.info({ audit: change }, 'an administrator changed the register'),
  });
  const playables = await createPlayables({ debates, vault, events: house.events });
  app.addHook('onClose', async () => playables.close());
  const streaming = registerStreamingRoutes(app, {
    playables,
    vault,
    redirect: config.storageDelivery === 'redirect' ? vault.signedUrl : null,
    accelRedirect: config.accelRedirect,
    relay: createRelay({ fetcher: house.relayFetcher, maxRelays: MAX_RELAYS }),
    extractionOf: async (debateId) => {
      const run = await extraction.latest(debateId);
      return run && { ...run, status: run.state === 'done' ? 'completed' : run.state };
    },
    clock,
    publicUrl: config.publicUrl,
    linkSecret: house.secret,
    onPlay: (request, debateId) => audience.saw('play', request, debateId),
  });
  registerExtractionRoutes(app, {
    extraction,
    publicUrl: config.publicUrl,
    authorise: async (request, askedBy) => {
      await accounts.authorise(request, { scope: 'extraction:manage' }, askedBy);
    },
    refused,
    requester: async (request) => (await accounts.authenticate(request))?.accountId ?? null,
  });
  registerAccountsRoutes(app, { accounts, clock });
  registerLibraryRoutes(app, { library, accounts, debates, publicUrl: config.publicUrl });
  registerStatsRoutes(app, { db: database.db, listening, accounts, debates, extraction, library, clock });
  registerSpeechRoutes(app, {
    oneSession: database.kind === 'embedded',
    debates,
    db: database.db,
    clock,
    publicUrl: config.publicUrl,
  });
  const realtime = await registerRealtimeRoutes(app, {
    events: house.events,
    clock,
    publicUrl: config.publicUrl,
    corsOrigins: config.corsOrigins,
    onError: (error) => house.logger.error({ err: error }, 'news could not be told'),
  });
  registerDocumentation(app);
  registerHealthRoutes(app, {
    version: VERSION,
    clock,
    dependencies: dependenciesOf(house),
    isDraining: options.isDraining,
    mayReadDetails: async (request) => {
      if (isLocalRequest(request)) return true;
      // While the database is away nobody's key can be looked up: its owner sees the summary, which says so.
      const asking = await accounts.authenticate(request).catch(() => null);
      return asking !== null && allows(asking, { scope: 'health:details' });
    },
  });
  registerErrorPages(app, {
    catalogues: ERROR_CATALOGUES,
    languages: house.languages,
    publicUrl: config.publicUrl,
  });
  registerMetricsRoute(app, {
    ...metrics,
    authorise: async (request) => {
      if (!isLocalRequest(request)) await accounts.require(request, { scope: 'metrics:read' });
    },
    refused,
  });
  const unwatch = metrics.watchApp({
    caches: [
      { name: 'answers', stats: cache.stats, shared: redis !== undefined },
      { name: 'totals', stats: totals.stats, shared: false },
      { name: 'search-counts', stats: counts.stats, shared: false },
    ],
    streaming,
    realtime,
    connections: () =>
      new Promise((resolve, reject) => {
        app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
  });
  app.addHook('onClose', async () => unwatch());
  // After the rooms: what they remember themselves must be gone before an answer is computed from it again.
  for (const kept of [totals, counts, cache]) {
    const unfollow = await followEvents(kept, house.events, changedTags);
    app.addHook('onClose', async () => unfollow());
  }
  return app;
}
