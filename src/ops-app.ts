import { dependenciesOf } from './dependencies.ts';
import { registerHealthRoutes, registerMetricsRoute } from './health/index.ts';
import { type House, VERSION } from './house.ts';
import { type App, createHttpServer } from './platform/http/index.ts';

/**
 * Metrics and health on a port of their own, for processes that serve no API and for scrapers on other machines. It asks for no
 * token: who can reach the port may know.
 */
export async function createOpsApp(house: House, options: { isDraining: () => boolean }): Promise<App> {
  const { config, clock, metrics } = house;
  const app = await createHttpServer({
    logger: house.logger,
    publicUrl: config.publicUrl,
    trustProxy: false,
    version: VERSION,
    languages: house.languages,
  });
  registerHealthRoutes(app, {
    version: VERSION,
    clock,
    dependencies: dependenciesOf(house),
    isDraining: options.isDraining,
    mayReadDetails: () => true,
  });
  registerMetricsRoute(app, { ...metrics, authorise: () => undefined });
  return app;
}
