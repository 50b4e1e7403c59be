import type { CountRow } from './search-store.ts';

interface FacetValue {
  /** As a filter takes it. */
  value: string;
  count: number;
}

export interface SearchFacets {
  type: FacetValue[];
  commission: FacetValue[];
  year: FacetValue[];
  speaker: (FacetValue & { name: string })[];
}

export interface SearchCounts {
  total: number;
  /** False: all counts are estimates from a sample. */
  exact: boolean;
  facets: SearchFacets;
}

/** What a sample tells of the whole. */
export function countsOf(rows: readonly CountRow[]): SearchCounts {
  const of = (facet: CountRow['facet']) => rows.filter((row) => row.facet === facet);
  const valuesOf = (facet: CountRow['facet']): FacetValue[] =>
    of(facet).map(({ value, counted, sample }) => ({ value: value ?? '', count: counted * sample.standsFor }));
  const [total] = of('total');
  return {
    total: total === undefined ? 0 : total.counted * total.sample.standsFor,
    exact: total === undefined || total.sample.standsFor === 1,
    facets: {
      type: valuesOf('type'),
      commission: valuesOf('commission'),
      year: valuesOf('year').toSorted((a, b) => Number(b.value) - Number(a.value)),
      // A filter takes the number of a person, or a name.
      speaker: of('speaker').map(({ value, name, counted, sample }) => {
        const key = (value ?? '').slice('p:'.length);
        return {
          value: value?.startsWith('p:') ? key : (name ?? key),
          name: name ?? key,
          count: counted * sample.standsFor,
        };
      }),
    },
  };
}
