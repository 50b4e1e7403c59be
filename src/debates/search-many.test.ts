import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/database.ts';
import { insertManyDebates } from '../../tests/support/many-debates.ts';
import { randomSpeech } from '../../tests/support/random-speech.ts';
import { createTaggedCache } from '../platform/cache/index.ts';
import { systemClock } from '../platform/clock/index.ts';
import { createSearch, type Search, type SearchSort } from './search.ts';
import type { SearchCounts } from './search-counts.ts';
import { parseSearchText } from './search-text.ts';

/** So many that the sample of an eighth holds enough of a word that is everywhere. */
const DEBATES = 1_600;

let database: TestDatabase;
let search: Search;
let everywhere: { id: string; sortsAt: Date }[];

beforeAll(async () => {
  database = await openTestDatabase();
  const speech = randomSpeech({ seed: 1, people: 50 });
  await insertManyDebates(database.db, speech, 0, DEBATES, DEBATES);
  const counts = createTaggedCache<SearchCounts>({ maxBytes: 1e6, sizeBytesOf: () => 1_000, clock: systemClock });
  search = createSearch({ db: database.db, counts, oneAtATime: database.kind === 'embedded' });
  // "mme" stands before the name of each speaker.
  const { rows } = await sql<{ id: string; sortsAt: Date }>`
    select id, sorts_at as "sortsAt" from debates order by sorts_at desc, id desc`.execute(database.db);
  everywhere = rows;
});
afterAll(() => database.close());

const question = (q: string) => ({ terms: parseSearchText(q), filter: {} });

async function walk(q: string, sort: SearchSort, order: 'asc' | 'desc', limit: number): Promise<string[]> {
  const counts = await search.count(question(q));
  const seen: string[] = [];
  let from: { offset: number } | { cursor: string } = { offset: 0 };
  for (;;) {
    const page = await search.find({ question: question(q), counts, sort, order, limit, from });
    seen.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return seen;
    from = { cursor: last.cursor };
  }
}

describe('a title that is typed', () => {
  /** Newest first, each once, as an own reading of all titles tells. */
  async function titlesWith(beginning: string): Promise<string[]> {
    const { rows } = await sql<{ title: string; title_key: string }>`
      select title, title_key from debates order by sorts_at desc, id desc`.execute(database.db);
    const holding = rows.filter(({ title_key: key }) => ` ${key}`.includes(` ${beginning}`));
    return [...new Map(holding.toReversed().map((row) => [row.title_key, row.title])).values()].toReversed();
  }

  it('is found among the newest debates where many hold it, and anywhere where few do', async () => {
    const { rows } = await sql<{ word: string; held: number }>`
      select word, count(*)::integer as held from debates, unnest(string_to_array(title_key, ' ')) word
      where length(word) > 4 group by word order by held desc, word`.execute(database.db);
    const [common = { word: '' }] = rows;
    // In so few that the newest debates do not hold it all.
    const rare = rows.filter(({ held }) => held === 2).slice(0, 5);
    expect(rare).toHaveLength(5);
    for (const { word } of [common, ...rare]) {
      const { titles } = await search.suggest(word);
      const wanted = await titlesWith(word);
      expect(titles.length).toBeGreaterThan(0);
      for (const { title } of titles) expect(wanted).toContain(title);
      if (word !== common.word) expect(titles.map(({ title }) => title)).toEqual(wanted.slice(0, 6));
    }
  });
});

describe('a word that is everywhere', () => {
  it('is counted in a sample, and says so', async () => {
    const counts = await search.count(question('mme'));
    const { total, exact } = counts;
    const facets = await search.facets(question('mme'), counts);
    expect(exact).toBe(false);
    // The draw is by the ids, so this number is always the same; a quarter is three standard deviations.
    expect(Math.abs(total - DEBATES) / DEBATES).toBeLessThan(0.25);
    expect(facets.type).toHaveLength(5);
    expect(facets.type.reduce((sum, { count }) => sum + count, 0)).toBe(total);
    expect(facets.speaker).toHaveLength(20);
    expect(facets.speaker.every(({ value, name }) => value.startsWith('PA') && name.startsWith('Mme '))).toBe(true);
  });

  it('is walked by date in both directions, each debate once', async () => {
    const ids = everywhere.map(({ id }) => id);
    expect(await walk('mme', 'date', 'desc', 100)).toEqual(ids);
    expect(await walk('mme', 'date', 'asc', 300)).toEqual(ids.toReversed());
  });

  it('is ranked among its newest, the older ones follow by date, each once', async () => {
    const seen = await walk('mme', 'relevance', 'desc', 70);
    expect(new Set(seen).size).toBe(DEBATES);
    expect(seen).toHaveLength(DEBATES);
    const newest = everywhere.slice(0, 200).map(({ id }) => id);
    expect(seen.slice(0, 200).toSorted()).toEqual(newest.toSorted());
    expect(seen.slice(200)).toEqual(everywhere.slice(200).map(({ id }) => id));
  });

  it.each(['title', 'view_count'] as const)('is walked by %s, each debate once', async (sort) => {
    const seen = await walk('mme', sort, 'asc', 400);
    expect(new Set(seen).size).toBe(DEBATES);
    expect(seen).toHaveLength(DEBATES);
  });

  it.each(['relevance', 'date'] as const)('has the same pages by number as by cursor, by %s', async (sort) => {
    const counts = await search.count(question('mme'));
    const page = (offset: number) =>
      search.find({ question: question('mme'), counts, sort, order: 'desc', limit: 20, from: { offset } });
    const walked = await walk('mme', sort, 'desc', 400);
    for (const offset of [0, 20, 190, 200, 640]) {
      expect((await page(offset)).map(({ id }) => id)).toEqual(walked.slice(offset, offset + 20));
    }
  });
});

it('is counted in a sample even while the register is taken for empty', async () => {
  const empty = await openTestDatabase();
  onTestFinished(() => empty.close());
  const early = createSearch({ db: empty.db, oneAtATime: empty.kind === 'embedded' });
  expect(await early.count(question('mme'))).toMatchObject({ total: 0, exact: true, register: null });
  await insertManyDebates(empty.db, randomSpeech({ seed: 1, people: 50 }), 0, DEBATES, DEBATES);
  expect((await early.count(question('mme'))).exact).toBe(false);
}, 60_000);

describe('facets', () => {
  it.each(['mme', 'commission', '"nobody has this"'])(
    'are the same whether they are asked for with the total or beside the page: %s',
    async (q) => {
      const [together, apart] = [true, false].map((oneAtATime) => createSearch({ db: database.db, oneAtATime }));
      const [first, second] = [await together?.count(question(q)), await apart?.count(question(q))];
      expect(first).toEqual(second);
      if (!together || !apart || !first || !second) throw new Error('unreachable');
      expect(await together.facets(question(q), first)).toEqual(await apart.facets(question(q), second));
    },
  );
});

describe('a word of a few', () => {
  it('is counted exactly, and ranked with all the others', async () => {
    const none = await search.count(question('commission -mme'));
    expect(none).toMatchObject({ total: 0, exact: true });
    expect(await search.facets(question('commission -mme'), none)).toEqual({
      type: [],
      commission: [],
      year: [],
      speaker: [],
    });
    const [first] = await walk('mme', 'date', 'desc', 100);
    const { speaker } = await search.facets(question('mme'), await search.count(question('mme')));
    const name = speaker[0]?.name ?? '';
    const counts = await search.count(question(`"${name}"`));
    expect(counts.exact).toBe(true);
    expect(await walk(`"${name}"`, 'relevance', 'desc', 7)).toHaveLength(counts.total);
    expect(first).toBe(everywhere[0]?.id);
  });

  it('goes on after a cursor from before it became many', async () => {
    const counts = await search.count(question('mme'));
    const few = await search.find({
      question: question('mme'),
      counts: { ...counts, exact: true },
      sort: 'relevance',
      order: 'desc',
      limit: 50,
      from: { offset: 0 },
    });
    const next = await search.find({
      question: question('mme'),
      counts,
      sort: 'relevance',
      order: 'desc',
      limit: 50,
      from: { cursor: few.at(-1)?.cursor ?? '' },
    });
    expect(next).toHaveLength(50);
    expect(next.some(({ id }) => few.some((one) => one.id === id))).toBe(false);
  });
});
