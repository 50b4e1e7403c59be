export { realtimeErrors } from './errors.ts';
export { type Realtime, type RealtimeOptions, registerRealtimeRoutes } from './routes.ts';
export type { Authenticate, TokenHolder } from './session.ts';
