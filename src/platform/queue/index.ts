export {
  createJobQueue,
  defineJob,
  type Job,
  type JobDefinition,
  type JobQueue,
  type QueueDepth,
  type QueueStats,
  type SendOptions,
} from './queue.ts';
