import { type Static, Type } from 'typebox';
import { DEBATE_EXAMPLE } from './example.ts';
import { SORTS } from './list-query.ts';
import { Debate, ListQuery, Nullable, OneOf } from './schemas.ts';

/** By number pages go as deep as anybody reads; a cursor goes on from there at the cost of the first page. */
export const MAX_SEARCH_PAGE = 50;
const QUERY_MAX = 200;

const { page: _page, sort_by: _sort, q: _q, ...shared } = ListQuery.properties;

export const SearchRequest = Type.Object(
  {
    ...shared,
    q: Type.Optional(
      Type.String({
        maxLength: QUERY_MAX,
        description: 'Words in any form, "exact phrases", -exclusions, beginnings*; accents and case ignored',
      }),
    ),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_SEARCH_PAGE, description: 'From 1' })),
    sort_by: Type.Optional(
      OneOf(['relevance', ...SORTS], 'By default relevance where words are asked for, else date; relevance descends'),
    ),
  },
  { additionalProperties: false },
);
export type SearchParameters = Static<typeof SearchRequest>;

const html = (what: string) =>
  Nullable(Type.String({ description: `${what}, escaped, found words in <mark>; null: none there` }));
const FacetValue = Type.Object({
  value: Type.String({ description: 'As the filter takes it' }),
  count: Type.Integer(),
});

export const SearchAnswer = Type.Object(
  {
    debates: Type.Array(
      Type.Object({
        ...Debate.properties,
        highlights: Type.Object({
          title: html('The title'),
          description: html('A part of the description'),
          commission: html('The commission'),
          speakers: Type.Array(Type.String(), { description: 'Names that hold found words, the same way' }),
          tags: Type.Array(Type.String(), { description: 'The same way' }),
        }),
      }),
    ),
    total: Type.Integer(),
    total_is_exact: Type.Boolean({ description: 'False: estimated from a sample that is drawn once and for ever' }),
    page: Nullable(Type.Integer({ description: 'Null for a page that was asked for by cursor' })),
    per_page: Type.Integer(),
    next_cursor: Nullable(Type.String({ description: 'To send as cursor; null on the last page' })),
    did_you_mean: Nullable(
      Type.String({ description: 'The words typed are in no debate; these were searched for instead' }),
    ),
    facets: Type.Object({
      exact: Type.Boolean({
        description: 'False: estimated from a sample, right within about a tenth for the total',
      }),
      type: Type.Array(FacetValue),
      commission: Type.Array(FacetValue, { description: 'The most frequent' }),
      speaker: Type.Array(Type.Object({ ...FacetValue.properties, name: Type.String() }), {
        description: 'The most frequent',
      }),
      year: Type.Array(FacetValue, { description: 'Newest first' }),
    }),
  },
  { $id: 'DebateSearch' },
);
export type SearchAnswerBody = Static<typeof SearchAnswer>;

export const SEARCH_EXAMPLE: SearchAnswerBody = {
  debates: [
    {
      ...DEBATE_EXAMPLE,
      highlights: {
        title: '2ème séance : Protection des sources et des petites <mark>rivières</mark>',
        description:
          'Discussion de la proposition de loi visant à protéger les sources et les petites <mark>rivières</mark>',
        commission: null,
        speakers: [],
        tags: [],
      },
    },
  ],
  total: 1,
  total_is_exact: true,
  page: 1,
  per_page: 20,
  next_cursor: null,
  did_you_mean: null,
  facets: {
    exact: true,
    type: [{ value: 'seance_publique', count: 1 }],
    commission: [],
    speaker: [{ value: 'PA9900001', name: 'Mme Hélène Vautrain', count: 1 }],
    year: [{ value: '2026', count: 1 }],
  },
};

export const SuggestionsQuery = Type.Object(
  { q: Type.String({ minLength: 1, maxLength: QUERY_MAX, description: 'What is typed so far' }) },
  { additionalProperties: false },
);

export const Suggestions = Type.Object(
  {
    titles: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
    commissions: Type.Array(Type.String()),
    speakers: Type.Array(Type.Object({ id: Nullable(Type.String({ description: 'PA…' })), name: Type.String() })),
  },
  {
    $id: 'DebateSuggestions',
    examples: [
      {
        titles: [{ id: DEBATE_EXAMPLE.id, title: DEBATE_EXAMPLE.title }],
        commissions: [],
        speakers: [{ id: 'PA9900001', name: 'Mme Hélène Vautrain' }],
      },
    ],
  },
);
