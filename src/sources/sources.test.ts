import { describe, expect, test } from 'vitest';
import { createSources, pageSource } from './index.ts';

describe('the registry', () => {
  test('knows each source by its id, and says so of an unknown one', () => {
    const sources = createSources([pageSource]);
    expect(sources.get('page')).toBe(pageSource);
    expect(sources.all).toEqual([pageSource]);
    expect(() => sources.get('elsewhere')).toThrowError(
      expect.objectContaining({ code: 'sources/unknown', params: { source: 'elsewhere' } }),
    );
  });

  test('two sources of one name stop the start', () => {
    expect(() => createSources([pageSource, pageSource])).toThrow('same id');
  });
});

describe('any page', () => {
  const media = (url: string) => pageSource.media({ source: 'page', id: 'x', url });

  test('is its own way to the sound', async () => {
    expect(await media('https://example.org/debat?n=1')).toEqual([
      { kind: 'page', url: 'https://example.org/debat?n=1', durationAtLeastSeconds: null },
    ]);
  });

  test.each(['file:///etc/passwd', 'ftp://example.org/', 'https://user:secret@example.org/', 'example.org', ''])(
    'is http or https without credentials: %j is refused',
    async (url) => {
      await expect(media(url)).rejects.toMatchObject({ code: 'sources/unusable-address' });
    },
  );
});
