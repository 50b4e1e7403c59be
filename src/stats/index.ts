export { type Attention, type Audience, createAudience } from './audience.ts';
export { createListeningStats, type ListeningStats } from './listening.ts';
export { registerStatsRoutes } from './routes.ts';
