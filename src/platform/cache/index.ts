export {
  type CacheStats,
  type Computation,
  createTaggedCache,
  type Keep,
  type SharedTier,
  type TaggedCache,
} from './tagged-cache.ts';
