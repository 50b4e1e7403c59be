import { registerDebatesRoutes } from './debates/index.ts';
import { registerHealthRoutes } from './health/index.ts';
import { type House, VERSION } from './house.ts';
import { type App, createHttpServer } from './platform/http/index.ts';

/** The HTTP application, built from the rooms in reading order. It never listens: the process does, and tests inject into it. */
export async function createApp(house: House, options: { isDraining: () => boolean }): Promise<App> {
  const { config, clock, database, debates } = house;
  const app = await createHttpServer({
    logger: house.logger,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy,
    version: VERSION,
  });
  registerDebatesRoutes(app, {
    debates,
    db: database.db,
    clock,
    publicUrl: config.publicUrl,
    audioFiles: async () => new Map(),
  });
  registerHealthRoutes(app, {
    version: VERSION,
    clock,
    checks: [{ name: 'database', check: database.ping }],
    isDraining: options.isDraining,
  });
  return app;
}
