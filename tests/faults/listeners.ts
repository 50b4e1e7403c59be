import { setTimeout as delay } from 'node:timers/promises';
import { answerOf, createRobianClient } from '../../clients/typescript/index.ts';
import { until } from '../support/until.ts';

/** Listeners who keep a debate, one after the other; what was acknowledged to them is remembered. */
export interface Listeners {
  /** One token each. */
  acknowledged: string[];
  failures: number;
  stop(): Promise<void>;
}

/** What is promised, in ms: after the cause is gone, everything is taken again within it. */
const RECOVERY_MS = 60_000;
/** A request that fails is not repeated faster than a client would. */
const PAUSE_MS = 100;
/** The slowest answer that is waited for: a query that nothing ends is ended after this. */
const ANSWER_MS = 58_000;

export function startListeners(address: () => string, debateId: string): Listeners {
  let stopped = false;
  const listeners: Listeners = {
    acknowledged: [],
    failures: 0,
    stop: () => {
      stopped = true;
      return coming;
    },
  };
  const coming = (async () => {
    while (!stopped) {
      try {
        listeners.acknowledged.push(await keepOne(address(), debateId));
      } catch {
        listeners.failures += 1;
        await delay(PAUSE_MS);
      }
    }
  })();
  return listeners;
}

async function keepOne(address: string, debateId: string): Promise<string> {
  const fetchInTime = (request: Request): Promise<Response> =>
    fetch(request, { signal: AbortSignal.timeout(ANSWER_MS) });
  const anyone = createRobianClient({ baseUrl: address, fetch: fetchInTime });
  const { access_token: token } = await answerOf(anyone.POST('/api/auth/device'));
  const listener = createRobianClient({ baseUrl: address, token: () => token, fetch: fetchInTime });
  await answerOf(listener.POST('/api/favorites/{debate_id}', { params: { path: { debate_id: debateId } } }));
  return token;
}

/** Waits until something new is acknowledged, for as long as is promised. */
export async function untilAcknowledging(listeners: Listeners): Promise<void> {
  const before = listeners.acknowledged.length;
  await until('something is acknowledged again', () => listeners.acknowledged.length > before, RECOVERY_MS);
}

export async function untilFailing(listeners: Listeners): Promise<void> {
  const before = listeners.failures;
  await until('something fails', () => listeners.failures > before, RECOVERY_MS);
}

/** Those of the listeners whose debate is no longer kept. */
export async function lostOf({ acknowledged }: Listeners, address: string, debateId: string): Promise<number> {
  let lost = 0;
  for (const token of acknowledged) {
    const listener = createRobianClient({ baseUrl: address, token: () => token });
    const kept = await answerOf(listener.GET('/api/favorites')).catch(() => []);
    if (!kept.some((favorite) => favorite.debate_id === debateId)) lost += 1;
  }
  return lost;
}
