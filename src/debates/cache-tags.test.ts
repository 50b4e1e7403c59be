import { describe, expect, it } from 'vitest';
import { changedTags } from './cache-tags.ts';

describe('news', () => {
  it.each([
    ['debate_created', { debate_id: '19_a' }, ['debates', 'debate:19_a']],
    ['debate_updated', { debate_id: '19_a', change: 'audio' }, ['debates', 'debate:19_a']],
    ['extraction_progress', { debate_id: '19_a', progress: 0.5 }, ['debate:19_a']],
    ['maintenance', {}, []],
    ['debate_updated', { debate_id: 12 }, []],
  ])('of the type %s changes what shows it', (type, data, tags) => {
    expect(changedTags({ type, data })).toEqual(tags);
  });
});
