import { hash } from 'node:crypto';
import { addDays, type Clock } from '../../platform/clock/index.ts';
import type { DebateRef, DebateSource, Listing, Provenance, Published, Validator } from '../source.ts';
import { idOf, type Reading, readCaptions, readDebate, readEntries, readMedia } from './plugin-answers.ts';
import type { PluginThread } from './plugin-thread.ts';

/**
 * A plugin as a source like any other. What it answers is checked and bounded before it is believed; what it cannot tell
 * (a record, what is on the air) is nothing.
 */
export function createPluginSource(options: {
  name: string;
  hosts: readonly string[];
  /** It has methods of its own for these. */
  tells: { media: boolean; captions: boolean };
  thread: Pick<PluginThread, 'call'>;
  clock: Clock;
}): DebateSource {
  const { name, thread, clock } = options;
  const reading: Reading = { plugin: name, hosts: options.hosts };
  // The plugin knows its debates by its own ids.
  const asked = ({ id, url }: DebateRef) => ({ id: id.slice(idOf(name, '').length), url });
  const seen = (url: string, sha256: string | null): Provenance => ({
    url,
    fetchedAt: clock.now(),
    etag: null,
    lastModified: null,
    sha256,
  });

  async function described(ref: DebateRef, signal: AbortSignal | undefined) {
    return readDebate(reading, await thread.call('describe', asked(ref), signal), ref);
  }

  async function* discover({ since, until, signal }: Parameters<DebateSource['discover']>[0]): AsyncIterable<Listing> {
    let entries: ReturnType<typeof readEntries>;
    try {
      entries = readEntries(reading, await thread.call('discover', { since, until }, signal), { since, until });
    } catch (error) {
      signal?.throwIfAborted();
      yield { day: since, error };
      return;
    }
    for (let day = since; day <= until; day = addDays(day, 1)) {
      // What could not be understood belongs to no day: told once.
      const rejected = day === since ? entries.rejected : [];
      yield { day, refs: entries.days.get(day) ?? [], rejected, provenance: seen(`plugin:${name}`, null) };
    }
  }

  const describe: DebateSource['describe'] = async (ref, { validator, signal } = {}) => {
    const found = await described(ref, signal);
    if (found === null) return { kind: 'withdrawn', provenance: seen(ref.url, null) };
    const provenance = seen(ref.url, found.sha256);
    if (found.sha256 === validator?.sha256) return { kind: 'unchanged', provenance };
    return { kind: 'found', debate: found.debate, provenance };
  };

  return {
    id: name,
    discover,
    describe,
    withdrawal: async (ref, { signal } = {}) => ((await described(ref, signal)) === null ? seen(ref.url, null) : null),
    captions: async (ref, { validator, signal } = {}) => {
      if (!options.tells.captions) return null;
      const text = await thread.call('captions', asked(ref), signal);
      const cues = readCaptions(reading, text);
      return cues === null ? null : published(cues, seen(ref.url, hash('sha256', text, 'hex')), validator);
    },
    timings: async (ref, _state, { validator, signal } = {}) => {
      const found = await described(ref, signal);
      if (found === null || found.synchros.length === 0) return null;
      return published(found.synchros, seen(ref.url, found.sha256), validator);
    },
    record: async () => null,
    live: async () => ({ sittings: [], announced: [], failed: [], rejected: [] }),
    media: async (ref, { signal } = {}) => {
      if (options.tells.media) return readMedia(reading, await thread.call('media', asked(ref), signal));
      return (await described(ref, signal))?.debate.media ?? [];
    },
  };
}

function published<T>(value: T, provenance: Provenance, validator: Validator | undefined): Published<T> {
  return provenance.sha256 === validator?.sha256
    ? { changed: false, provenance }
    : { changed: true, value, provenance };
}
