export type { Dependency } from './dependencies.ts';
export { type MetricsRouteOptions, registerMetricsRoute } from './metrics-route.ts';
export { type HealthRoutesOptions, registerHealthRoutes } from './routes.ts';
export { healthTexts } from './texts.ts';
