// A plugin: the recordings of a podcast that publishes a JSON Feed (https://www.jsonfeed.org/version/1.1/).
//
//   PLUGINS_DIR=examples/plugins PLUGIN_JSON_FEED_URL=https://radio.example/feed.json npm start
//
// PLUGIN_JSON_FEED_HOSTS names the hosts of its pages and sound where they are not the feed's own, separated by commas.
import { createHash } from 'node:crypto';
import type { CreateSource, PluginDebate } from '../../src/sources/index.ts';

interface Item {
  id: string;
  url: string;
  title: string;
  summary?: string;
  /** RFC 3339. */
  date_published: string;
  authors?: { name?: string }[];
  tags?: string[];
  image?: string;
  attachments?: { url: string; mime_type: string; duration_in_seconds?: number }[];
}

/** A feed of ten years of weekly recordings is under 2 MB. */
const FEED_MAX_BYTES = 5_000_000;
/** One request answers for all debates of a round, in ms. */
const KEPT_MS = 30_000;
/** Of SHA-256, in hexadecimal digits: an item's id may be any text, often an address. */
const ID_LENGTH = 20;
const PARIS_DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Paris' });

export const createSource: CreateSource = ({ settings }) => {
  const feedUrl = settings.URL;
  if (feedUrl === undefined || !URL.canParse(feedUrl)) throw new Error('PLUGIN_JSON_FEED_URL: the address of the feed');
  let kept: { atMs: number; items: Map<string, Item> } | null = null;

  async function read(signal: AbortSignal): Promise<Map<string, Item>> {
    if (kept !== null && performance.now() - kept.atMs < KEPT_MS) return kept.items;
    const response = await fetch(feedUrl ?? '', { signal });
    if (!response.ok) throw new Error(`the feed answers ${response.status}`);
    const feed = JSON.parse(await textOf(response)) as { items: Item[] };
    // Drafts and texts have no date or no sound.
    const recordings = feed.items.filter((item) => item.date_published !== undefined && soundOf(item).length > 0);
    kept = { atMs: performance.now(), items: new Map(recordings.map((item) => [idOf(item), item])) };
    return kept.items;
  }

  return {
    hosts: [new URL(feedUrl).host, ...(settings.HOSTS ?? '').split(',').filter(Boolean)],

    discover: async ({ since, until }, signal) =>
      [...(await read(signal))]
        .map(([id, item]) => ({ id, url: item.url, day: PARIS_DAY.format(new Date(item.date_published)) }))
        .filter(({ day }) => since <= day && day <= until),

    describe: async ({ id }, signal) => {
      const item = (await read(signal)).get(id);
      // Old items leave a feed; that says nothing about the recording.
      if (item === undefined) throw new Error('the feed no longer has this recording');
      return describe(item);
    },
  };
};

function describe(item: Item): PluginDebate {
  return {
    title: item.title,
    description: item.summary ?? '',
    type: 'autre',
    state: 'ended',
    startsAt: item.date_published,
    tags: item.tags ?? [],
    speakers: (item.authors ?? []).flatMap(({ name }) => (name ? [{ name }] : [])),
    media: soundOf(item),
    ...(item.image === undefined ? {} : { thumbnailUrl: item.image }),
  };
}

function soundOf({ attachments = [] }: Item) {
  return attachments
    .filter(({ mime_type }) => mime_type === 'audio/mpeg')
    .map(({ url, duration_in_seconds: seconds }) => ({
      kind: 'mp3' as const,
      url,
      // The feed rounds.
      ...(seconds === undefined ? {} : { durationAtLeastSeconds: Math.max(0, Math.floor(seconds) - 1) }),
    }));
}

function idOf({ id }: Item): string {
  return createHash('sha256').update(id).digest('hex').slice(0, ID_LENGTH);
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > FEED_MAX_BYTES) throw new Error(`the feed has more than ${FEED_MAX_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
