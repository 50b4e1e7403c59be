import { accountsErrors } from './accounts/index.ts';
import { debatesErrors, debatesTexts } from './debates/index.ts';
import { extractionErrors } from './extraction/index.ts';
import { healthTexts } from './health/index.ts';
import { libraryErrors } from './library/index.ts';
import { errorPageTexts } from './platform/error-pages/index.ts';
import type { ErrorCatalogue } from './platform/errors/index.ts';
import { fieldTexts, httpErrors } from './platform/http/index.ts';
import { textsByKey } from './platform/i18n/index.ts';
import { portalErrors } from './portal/index.ts';
import { realtimeErrors } from './realtime/index.ts';
import { sourcesErrors } from './sources/index.ts';
import { speechErrors, speechTexts } from './speech/index.ts';
import { streamingErrors } from './streaming/index.ts';
import { vaultErrors } from './vault/index.ts';

/** Every error that a client may be told of, by room. */
export const ERROR_CATALOGUES: readonly ErrorCatalogue<string>[] = [
  httpErrors,
  portalErrors,
  sourcesErrors,
  debatesErrors,
  speechErrors,
  vaultErrors,
  extractionErrors,
  streamingErrors,
  accountsErrors,
  libraryErrors,
  realtimeErrors,
];

/** Every text of the product by the key that files of other languages name it by. */
export const TEXTS = textsByKey(ERROR_CATALOGUES, [errorPageTexts, fieldTexts, debatesTexts, speechTexts, healthTexts]);
