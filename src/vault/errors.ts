import { defineErrors } from '../platform/errors/index.ts';

export const vaultErrors = defineErrors('vault', {
  'not-audio': {
    status: 502,
    retryable: false,
    title: { fr: 'Ce n’est pas du son', en: 'Not audio' },
    detail: {
      fr: 'Ce que la source a donné n’est pas un fichier audio lisible ({reason}).',
      en: 'What the source gave is not a readable audio file ({reason}).',
    },
  },
  truncated: {
    status: 502,
    retryable: true,
    title: { fr: 'Fichier audio incomplet', en: 'Incomplete audio file' },
    detail: {
      fr: 'Le fichier audio s’arrête avant sa fin ({reason}).',
      en: 'The audio file stops before its end ({reason}).',
    },
  },
  'wrong-length': {
    status: 502,
    retryable: true,
    title: { fr: 'Taille inattendue', en: 'Unexpected size' },
    detail: {
      fr: 'La source annonçait {announced} octets, le fichier en a {found}.',
      en: 'The source announced {announced} bytes, the file has {found}.',
    },
  },
  'wrong-duration': {
    status: 502,
    retryable: true,
    title: { fr: 'Durée inattendue', en: 'Unexpected duration' },
    detail: {
      fr: 'La source annonçait {announced} s de son, le fichier en contient {found}.',
      en: 'The source announced {announced} s of sound, the file holds {found}.',
    },
  },
  'disk-full': {
    status: 507,
    retryable: true,
    title: { fr: 'Espace de stockage épuisé', en: 'Storage is full' },
    detail: {
      fr: 'Il n’y a plus de place pour garder ce fichier audio.',
      en: 'There is no room left to keep this audio file.',
    },
  },
  'storage-away': {
    status: 503,
    retryable: true,
    title: { fr: 'Stockage injoignable', en: 'Storage out of reach' },
    detail: {
      fr: 'Le stockage des fichiers audio ne répond pas correctement ; réessayez bientôt.',
      en: 'The storage of audio files does not answer properly; try again soon.',
    },
  },
  'storage-refused': {
    status: 503,
    retryable: false,
    title: { fr: 'Stockage mal configuré', en: 'Storage not set up properly' },
    detail: {
      fr: 'Le stockage des fichiers audio refuse nos demandes ; l’exploitant doit vérifier ses réglages.',
      en: 'The storage of audio files refuses our requests; its settings are for the operator to check.',
    },
  },
});

/** Whether the file system refused for lack of room: no space, or the owner's quota reached. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
