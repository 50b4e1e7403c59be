/** Something that lives as long as the other side answers. */
export interface Beating {
  /** Called at each beat; closes what has not answered since the last one. */
  beat(now: Date): void;
}

/** Proxies close what is silent for 60 s; two beats pass before that. In ms. */
const BEAT_EVERY_MS = 25_000;

/** One timer for all connections. */
export function createHeartbeat(options: { now: () => Date; everyMs?: number }) {
  const beating = new Set<Beating>();
  let timer: NodeJS.Timeout | null = null;
  return {
    add: (one: Beating): void => {
      beating.add(one);
      timer ??= setInterval(() => {
        const now = options.now();
        for (const each of beating) each.beat(now);
      }, options.everyMs ?? BEAT_EVERY_MS);
      timer.unref();
    },
    remove: (one: Beating): void => {
      beating.delete(one);
    },
    stop: (): void => {
      if (timer) clearInterval(timer);
      timer = null;
    },
  };
}

export type Heartbeat = ReturnType<typeof createHeartbeat>;
