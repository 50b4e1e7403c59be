import { sourcesErrors } from './errors.ts';
import type { Source } from './source.ts';

/** Any web page that yt-dlp may read, added by an administrator, whose words are the only facts about it. */
export const pageSource: Source = {
  id: 'page',
  /** @throws AppError `sources/unusable-address` */
  async media({ url }) {
    const page = URL.parse(url);
    if (page === null || !/^https?:$/.test(page.protocol) || page.username !== '' || page.password !== '') {
      throw sourcesErrors.error('unusable-address');
    }
    return [{ kind: 'page', url: page.href, durationAtLeastSeconds: null }];
  },
};
