export { type HealthCheck, registerHealthRoutes } from './routes.ts';
