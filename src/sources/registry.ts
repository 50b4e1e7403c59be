import { sourcesErrors } from './errors.ts';
import type { Source } from './source.ts';

export interface Sources {
  readonly all: readonly Source[];
  has(id: string): boolean;
  /** @throws AppError `sources/unknown` */
  get(id: string): Source;
}

/** Knows the sources by id. Two of one name are a defect of the wiring and stop the start. */
export function createSources(sources: readonly Source[]): Sources {
  const byId = new Map(sources.map((source) => [source.id, source]));
  if (byId.size !== sources.length) throw new Error('two sources have the same id');
  return {
    all: [...sources],
    has: (id) => byId.has(id),
    get(id) {
      const source = byId.get(id);
      if (source === undefined) throw sourcesErrors.error('unknown', { params: { source: id } });
      return source;
    },
  };
}
