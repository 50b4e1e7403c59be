export { createJobQueue, defineJob, type Job, type JobDefinition, type JobQueue, type SendOptions } from './queue.ts';
