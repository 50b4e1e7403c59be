export { createRedis, type Redis, RedisAwayError, type RedisOptions, type Script, script } from './redis.ts';
