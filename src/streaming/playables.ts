import { LRUCache } from 'lru-cache';
import type { Debate, Debates } from '../debates/index.ts';
import type { Events } from '../platform/events/index.ts';
import type { AudioFile, Vault } from '../vault/index.ts';

/** A debate and the files it can be heard from, best first. */
export interface Playable {
  debate: Debate;
  files: readonly AudioFile[];
  /**
   * The Link header that goes with every copy: the source's terms ask for a link to the original (rel="canonical": RFC 6596).
   * Null when the debate has no page.
   */
  originalLink: string | null;
}

export interface Playables {
  /** By the debate's id or any id it was known by. @throws debates/not-found */
  get(debateId: string): Promise<Playable>;
  /** The same without waiting: null when it is not in memory. */
  peek(debateId: string): Playable | null;
  close(): void;
}

/** What is listened to in an evening; 5 kB each. */
const MAX_ENTRIES = 2_000;
/** Events remove an entry as soon as it is wrong; this bounds the harm of an event that was lost. */
const MAX_AGE_MS = 3_600_000;
/** How exactly that is kept: the clock need not be asked at each look. */
const AGE_RESOLUTION_MS = 1_000;

/**
 * What a player asks again and again, a piece at a time, answered from memory. Every change of a debate or of its files is an
 * event that names it, and that event removes the answer here, in every process.
 */
export async function createPlayables(options: {
  debates: Pick<Debates, 'get'>;
  vault: Pick<Vault, 'readyFiles'>;
  events: Pick<Events, 'subscribe'>;
}): Promise<Playables> {
  const known = new LRUCache<string, Playable>({ max: MAX_ENTRIES, ttl: MAX_AGE_MS, ttlResolution: AGE_RESOLUTION_MS });
  let changes = 0;

  const unsubscribe = await options.events.subscribe((event) => {
    const debateId = event.data.debate_id;
    if (typeof debateId !== 'string') return;
    changes += 1;
    // Aliases are keys of their own: the debate behind is what tells.
    for (const [key, playable] of known.entries()) if (playable.debate.id === debateId) known.delete(key);
  });

  async function load(debateId: string): Promise<Playable> {
    const changesBefore = changes;
    const debate = await options.debates.get(debateId);
    const files = (await options.vault.readyFiles([debate.id])).get(debate.id) ?? [];
    const playable = { debate, files, originalLink: originalLink(debate) };
    // What changed while it was read may be what was read.
    if (changes === changesBefore) known.set(debateId, playable);
    return playable;
  }

  return {
    get: async (debateId) => known.get(debateId) ?? load(debateId),
    peek: (debateId) => known.peek(debateId) ?? null,
    close: unsubscribe,
  };
}

function originalLink({ pageUrl }: Pick<Debate, 'pageUrl'>): string | null {
  return pageUrl !== null && URL.canParse(pageUrl) ? `<${new URL(pageUrl).href}>; rel="canonical"` : null;
}
