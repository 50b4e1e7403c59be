export { streamingErrors } from './errors.ts';
export { createPlayables, type Playables } from './playables.ts';
export type { ExtractionState } from './present.ts';
export { createRelay, type Relay } from './relay.ts';
export { registerStreamingRoutes, type Streaming, type StreamingRoutesOptions } from './routes.ts';
