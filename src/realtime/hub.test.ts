import { describe, expect, it } from 'vitest';
import type { EventRecord } from '../platform/events/index.ts';
import { createHub, type Hub, type Subscriber } from './hub.ts';

type Listener = (event: EventRecord) => void | Promise<void>;

/** Events as the table keeps them, without the table. */
function createLog(options: { from?: number } = {}) {
  const kept: EventRecord[] = [];
  const listeners = new Set<Listener>();
  let lastId = (options.from ?? 1) - 1;
  let reads = 0;
  return {
    /** Commits an event; `deliver` brings it to those who listen, as NOTIFY does a moment later. */
    commit: (type: string, data: Record<string, unknown> = {}, channel = 'debates'): EventRecord => {
      lastId += 1;
      const event = { id: lastId, type, channel, data, createdAt: new Date(0) };
      kept.push(event);
      return event;
    },
    deliver: (event: EventRecord) => listeners.forEach((listener) => void listener(event)),
    prune: (upTo: number) => kept.splice(0, kept.findLastIndex((event) => event.id <= upTo) + 1),
    reads: () => reads,
    events: {
      readAfter: async (id: number, limit: number) => {
        reads += 1;
        return kept.filter((event) => event.id > id).slice(0, limit);
      },
      lastId: async () => kept.at(-1)?.id ?? 0,
      subscribe: async (listener: Listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

function createReader() {
  const heard: string[] = [];
  const say = (frame: { json(): Buffer }): void => {
    const { type, channel, id } = JSON.parse(frame.json().toString());
    heard.push(`${id} ${channel} ${type}`);
  };
  const subscriber: Subscriber = {
    send: say,
    sendAll: async (frames) => frames.forEach(say),
    refuse: (error, channel) => void heard.push(`${channel} ${error.code}`),
  };
  return { heard, subscriber };
}

async function open(log: ReturnType<typeof createLog>): Promise<Hub> {
  const hub = createHub({
    events: log.events,
    onError: (error) => {
      throw error;
    },
  });
  await hub.start();
  return hub;
}

describe('news', () => {
  it('reach each who follows them, once, in the order of their numbers', async () => {
    const log = createLog();
    const hub = await open(log);
    const [one, two] = [createReader(), createReader()];
    await hub.subscribe(one.subscriber, ['debates'], null);
    await hub.subscribe(one.subscriber, ['debate:a'], null);
    await hub.subscribe(two.subscriber, ['debate:a', 'live'], null);
    log.deliver(log.commit('debate_created', { debate_id: 'b' }));
    log.deliver(log.commit('debate_started', { debate_id: 'a' }));
    log.deliver(log.commit('extraction_started', { debate_id: 'b' }, 'extractions'));
    expect(one.heard).toEqual(['1 debates debate_created', '2 debates debate_started']);
    expect(two.heard).toEqual(['2 debate:a debate_started']);
    hub.unsubscribe(one.subscriber, 'debates');
    log.deliver(log.commit('debate_created', { debate_id: 'c' }));
    expect(one.heard).toHaveLength(2);
    hub.close();
    log.deliver(log.commit('debate_updated', { debate_id: 'a' }));
    expect(two.heard).toHaveLength(1);
  });

  it('of the time away are told first, from the table or from memory, without a gap or a double', async () => {
    const log = createLog();
    for (let count = 0; count < 450; count += 1) log.commit('debate_updated', { debate_id: 'a' });
    const hub = await open(log);
    for (let count = 0; count < 50; count += 1) log.deliver(log.commit('debate_updated', { debate_id: 'b' }));
    const [far, near] = [createReader(), createReader()];
    const catchingUp = hub.subscribe(far.subscriber, ['debates'], 10);
    // News go on while the table is read: some are in the table before they are told.
    const late = log.commit('debate_updated', { debate_id: 'c' });
    await Promise.resolve();
    log.deliver(late);
    await catchingUp;
    log.deliver(log.commit('debate_updated', { debate_id: 'd' }));
    expect(far.heard.map((line) => Number(line.split(' ')[0]))).toEqual(Array.from({ length: 492 }, (_, n) => n + 11));

    const readsBefore = log.reads();
    await hub.subscribe(near.subscriber, ['debate:b'], 495);
    expect(near.heard.map((line) => Number(line.split(' ')[0]))).toEqual([496, 497, 498, 499, 500]);
    expect(log.reads()).toBe(readsBefore);
  });

  it.each([
    [10, true],
    [9, false],
    [0, false],
    [20, true],
    [21, false],
  ])('after %i, where 1 to 10 are gone and 20 is the last: all there is %s, and the news go on', async (after, all) => {
    const log = createLog();
    for (let count = 0; count < 20; count += 1) log.commit('debate_updated', { debate_id: 'a' });
    log.prune(10);
    const hub = await open(log);
    const reader = createReader();
    await hub.subscribe(reader.subscriber, ['debates'], after);
    if (all) expect(reader.heard).toHaveLength(20 - after);
    else expect(reader.heard).toEqual(['debates realtime/too-old']);
    log.deliver(log.commit('debate_created', { debate_id: 'n' }));
    expect(reader.heard.at(-1)).toBe('21 debates debate_created');
  });

  it('of the time away that cannot be read now are said to be lost, and the news go on', async () => {
    const log = createLog();
    for (let count = 0; count < 5; count += 1) log.commit('debate_updated', { debate_id: 'a' });
    const errors: unknown[] = [];
    const readAfter = () => Promise.reject(new Error('away'));
    const hub = createHub({ events: { ...log.events, readAfter }, onError: (error) => errors.push(error) });
    await hub.start();
    const reader = createReader();
    await hub.subscribe(reader.subscriber, ['debates'], 1);
    log.deliver(log.commit('debate_created', { debate_id: 'n' }));
    expect(reader.heard).toEqual(['debates realtime/too-old', '6 debates debate_created']);
    expect(errors).toHaveLength(1);
  });

  it('are kept in memory in bounded number', async () => {
    const log = createLog();
    const hub = await open(log);
    for (let count = 0; count < 5_000; count += 1) log.deliver(log.commit('debate_updated', { debate_id: 'a' }));
    const reader = createReader();
    await hub.subscribe(reader.subscriber, ['debates'], 100);
    expect(reader.heard).toHaveLength(4_900);
    expect(log.reads()).toBeGreaterThan(10);
  });

  it('stop for who leaves while it is brought up to date', async () => {
    const log = createLog();
    for (let count = 0; count < 1_000; count += 1) log.commit('debate_updated', { debate_id: 'a' });
    const hub = await open(log);
    const reader = createReader();
    const catchingUp = hub.subscribe(reader.subscriber, ['debates'], 1);
    hub.unsubscribe(reader.subscriber, 'debates');
    await catchingUp;
    expect(reader.heard.length).toBeLessThan(300);
  });
});
