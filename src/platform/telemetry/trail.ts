import { AsyncLocalStorage } from 'node:async_hooks';

/** The one thing that follows work around unasked: it changes nothing but log lines, and arguments for it would be everywhere. */
const trail = new AsyncLocalStorage<string>();

/** Does work under the id of the request that asked for it: each line written meanwhile carries it, jobs sent meanwhile too. */
export function underRequestId<T>(requestId: string, work: () => T): T {
  return trail.run(requestId, work);
}

/** The id of the request that asked for what is being done; undefined: nobody did. */
export function currentRequestId(): string | undefined {
  return trail.getStore();
}
