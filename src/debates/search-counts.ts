import type { SampleStep } from './search-samples.ts';
import type { Counted, CountedValue } from './search-store.ts';

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
  /** False: the total is an estimate from the sample, and so are the facets. */
  exact: boolean;
  sample: SampleStep;
  /** The first and the last moment of the whole register; null while it is empty. */
  register: Counted['register'];
}

/** What a sample tells of the whole. */
export function countsOf({ sample, register, total }: Counted): SearchCounts {
  return { total: total * sample.standsFor, exact: sample.standsFor === 1, sample, register };
}

/** The same, by facet. */
export function facetsOf(values: readonly CountedValue[], { standsFor }: SampleStep): SearchFacets {
  const of = (facet: CountedValue['facet']) => values.filter((row) => row.facet === facet);
  const valuesOf = (facet: CountedValue['facet']): FacetValue[] =>
    of(facet).map(({ value, counted }) => ({ value, count: counted * standsFor }));
  return {
    type: valuesOf('type'),
    commission: valuesOf('commission'),
    year: valuesOf('year').toSorted((a, b) => Number(b.value) - Number(a.value)),
    // A filter takes the number of a person, or a name.
    speaker: of('speaker').map(({ value, name, counted }) => {
      const key = value.slice('p:'.length);
      return { value: value.startsWith('p:') ? key : (name ?? key), name: name ?? key, count: counted * standsFor };
    }),
  };
}
