import type { Debates } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { Redis } from '../platform/redis/index.ts';
import { createAudienceStore } from './audience-store.ts';
import { type Asked, createListenerNames, type ListenerName } from './listener-names.ts';
import { addToSketch, REGISTERS } from './listener-sketch.ts';
import { claimShared, createRecent } from './once.ts';

/** A view: somebody looked at a debate. A play: its sound began to flow to somebody. */
export type Attention = 'view' | 'play';

/**
 * Counts views and plays beside the requests that are their cause, at most once a listener and half hour. Nothing waits for it:
 * what was seen is gathered in memory, and written down together every three seconds.
 */
export interface Audience<Request extends Asked = Asked> {
  /** @param debateId any id of a debate that exists */
  saw(kind: Attention, request: Request, debateId: string): void;
  /** Writes down what is gathered. */
  flush(): Promise<void>;
  /** Writes down what is gathered, and gathers nothing more. */
  close(): Promise<void>;
}

export interface AudienceOptions<Request extends Asked> {
  db: Db;
  debates: Pick<Debates, 'resolve' | 'addViews'>;
  /** Shared by the processes where there is one. */
  redis: Pick<Redis, 'run'> | undefined;
  clock: Clock;
  /** Of the installation. */
  secret: string;
  /** Whose request it is, by its token; null: nobody's that we know. */
  accountOf: (request: Request) => string | null | Promise<string | null>;
  onError: (error: unknown) => void;
  /** Told of each view and play that counts, once it is chosen. */
  onCounted?: (kind: Attention) => void;
  limits?: Partial<AudienceLimits>;
}

interface AudienceLimits {
  /** Gathered before the next writing: 5 MB; what comes on top is not counted. */
  gathered: number;
  /** Remembered of the last half hour: 15 MB; beyond it the oldest may count again. */
  remembered: number;
  /** What one address may count in half an hour: a school behind one, or a program that changes its name with each request. */
  perNetwork: number;
}

const LIMITS: AudienceLimits = { gathered: 20_000, remembered: 100_000, perNetwork: 200 };
/** What a crash may lose: long enough for writings to be few, short enough to lose little, in ms. */
const WRITE_EVERY_MS = 3_000;
const ONCE_IN_SECONDS = 1_800;

interface Sighting extends ListenerName {
  kind: Attention;
  debateId: string;
}

/** Counted, and not written down yet. */
interface Counts {
  view: Map<string, number>;
  play: Map<string, number>;
  /** Of listeners who played. */
  sketch: Uint8Array | null;
}

export function createAudience<Request extends Asked>(options: AudienceOptions<Request>): Audience<Request> {
  const { db, debates, redis, clock, onError } = options;
  const limits = { ...LIMITS, ...options.limits };
  const names = createListenerNames(options);
  const store = createAudienceStore(db);
  const recent = createRecent({ keptMs: ONCE_IN_SECONDS * 1000, max: limits.remembered });
  const budget = createNetworkBudget(limits);
  const closing = new AbortController();
  let gathered = new Map<string, Sighting>();
  let counts = noCounts();
  let planned = false;
  let writing: Promise<void> = Promise.resolve();
  /** Whose token is being looked at. */
  const asking = new Set<Promise<void>>();

  const gather = (kind: Attention, name: ListenerName, debateId: string): void => {
    const key = keyOf(kind, name.listener, debateId);
    if (recent.has(key, clock.monotonicMs()) || gathered.size >= limits.gathered) return;
    gathered.set(key, { kind, ...name, debateId });
    plan();
  };

  const plan = (): void => {
    if (planned || closing.signal.aborted) return;
    planned = true;
    clock
      .sleep(WRITE_EVERY_MS, closing.signal)
      .then(() => {
        planned = false;
        return flush();
      })
      // Closing: `close` writes.
      .catch(() => undefined);
  };

  /** Of what was gathered, what counts: each once under the debate's own id, within the bound of its address. */
  const choose = async (sightings: readonly Sighting[]): Promise<Map<string, Sighting>> => {
    const own = await debates.resolve([...new Set(sightings.map(({ debateId }) => debateId))]);
    const nowMs = clock.monotonicMs();
    const chosen = new Map<string, Sighting>();
    for (const sighting of sightings) {
      const { kind, listener, network, debateId: asked } = sighting;
      const debateId = own.get(asked);
      if (debateId === undefined) continue;
      const key = keyOf(kind, listener, debateId);
      const isNew = recent.add(key, nowMs);
      if (asked !== debateId) recent.add(keyOf(kind, listener, asked), nowMs);
      if (isNew && budget.take(network, nowMs)) chosen.set(key, { ...sighting, debateId });
    }
    return chosen;
  };

  const count = async (): Promise<void> => {
    const sightings = gathered;
    gathered = new Map();
    try {
      const chosen = await choose([...sightings.values()]);
      const fresh = await claimShared(redis, [...chosen.keys()], ONCE_IN_SECONDS);
      for (const key of fresh) {
        const sighting = chosen.get(key);
        if (!sighting) continue;
        addTo(counts, sighting);
        options.onCounted?.(sighting.kind);
      }
    } catch (error) {
      // The database is away: they are looked at again with the next ones.
      gathered = new Map([...sightings, ...gathered].slice(0, limits.gathered));
      throw error;
    }
  };

  const write = async (): Promise<void> => {
    const { view, play, sketch } = counts;
    if (view.size + play.size === 0) return;
    const now = clock.now();
    await db.transaction().execute(async (trx) => {
      await debates.addViews(trx, view);
      await store.addPlays(trx, play, now);
      if (sketch) await store.addListeners(trx, now.toISOString().slice(0, 10), sketch);
    });
    counts = noCounts();
  };

  const flush = (): Promise<void> => {
    writing = writing.then(async () => {
      try {
        if (gathered.size > 0) await count();
        await write();
      } catch (error) {
        onError(error);
        plan();
      }
    });
    return writing;
  };

  const gatherOf = (kind: Attention, request: Request, debateId: string, accountId: string | null): void => {
    const name = accountId === null ? names.ofRequest(request) : names.ofAccount(accountId, request);
    gather(kind, name, debateId);
  };

  return {
    saw: (kind, request, debateId) => {
      const account = options.accountOf(request);
      if (!(account instanceof Promise)) {
        gatherOf(kind, request, debateId, account);
      } else if (asking.size < limits.gathered) {
        const asked = account
          .then((accountId) => gatherOf(kind, request, debateId, accountId))
          .catch(onError)
          .finally(() => asking.delete(asked));
        asking.add(asked);
      } else {
        // Nobody waits for it, and what becomes of it is of no interest.
        account.catch(() => undefined);
      }
    },
    flush,
    close: async () => {
      closing.abort(new Error('closing'));
      await Promise.all(asking);
      await flush();
    },
  };
}

function keyOf(kind: Attention, listener: string, debateId: string): string {
  return `${kind} ${listener} ${debateId}`;
}

function noCounts(): Counts {
  return { view: new Map(), play: new Map(), sketch: null };
}

function addTo(counts: Counts, { kind, debateId, listener }: Sighting): void {
  counts[kind].set(debateId, (counts[kind].get(debateId) ?? 0) + 1);
  if (kind !== 'play') return;
  counts.sketch ??= new Uint8Array(REGISTERS);
  addToSketch(counts.sketch, listener);
}

/** What each address has counted in the half hour under way: half hours follow one another, and the last one is forgotten. */
function createNetworkBudget(limits: AudienceLimits) {
  let endsAtMs = 0;
  let used = new Map<string, number>();
  return {
    take: (network: string, nowMs: number): boolean => {
      if (nowMs >= endsAtMs) {
        endsAtMs = nowMs + ONCE_IN_SECONDS * 1000;
        used = new Map();
      }
      const before = used.get(network) ?? 0;
      // As many addresses as listeners are remembered; the others wait for the next half hour.
      if (before >= limits.perNetwork || (before === 0 && used.size >= limits.remembered)) return false;
      used.set(network, before + 1);
      return true;
    },
  };
}
