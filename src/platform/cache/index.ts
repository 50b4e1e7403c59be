export { followEvents } from './follow-events.ts';
export {
  type CacheStats,
  type Computation,
  createTaggedCache,
  type Keep,
  keepOrCompute,
  type SharedTier,
  type TaggedCache,
} from './tagged-cache.ts';
