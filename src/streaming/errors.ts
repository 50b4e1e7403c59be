import { defineErrors } from '../platform/errors/index.ts';

export const streamingErrors = defineErrors('streaming', {
  withdrawn: {
    status: 410,
    retryable: false,
    title: { fr: 'Débat retiré', en: 'Debate withdrawn' },
    detail: {
      fr: 'La source ne propose plus ce débat ; son enregistrement n’est plus diffusé.',
      en: 'The source no longer offers this debate; its recording is no longer served.',
    },
  },
  'not-recorded-yet': {
    status: 409,
    retryable: true,
    title: { fr: 'Pas encore d’enregistrement', en: 'No recording yet' },
    detail: {
      fr: 'Cette séance n’est pas terminée : son enregistrement n’est pas encore publié.',
      en: 'This sitting is not over: its recording has not been published yet.',
    },
  },
  'not-extracted': {
    status: 409,
    retryable: true,
    title: { fr: 'Son pas encore extrait', en: 'Sound not extracted yet' },
    detail: {
      fr: 'Le son doit d’abord être extrait : POST /api/streaming/{id}/extract.',
      en: 'The sound has to be extracted first: POST /api/streaming/{id}/extract.',
    },
  },
  'no-audio': {
    status: 404,
    retryable: false,
    title: { fr: 'Pas de son', en: 'No sound' },
    detail: {
      fr: 'Aucun enregistrement de ce débat n’est connu.',
      en: 'No recording of this debate is known.',
    },
  },
  'no-such-rendition': {
    status: 404,
    retryable: false,
    title: { fr: 'Version inexistante', en: 'No such rendition' },
    detail: {
      fr: 'Ce débat n’existe pas sous la forme demandée ; voir « renditions » dans /info.',
      en: 'This debate does not exist in the form asked for; see "renditions" in /info.',
    },
  },
  'range-not-satisfiable': {
    status: 416,
    retryable: false,
    title: { fr: 'Intervalle hors du fichier', en: 'Range not satisfiable' },
    detail: {
      fr: 'L’intervalle demandé est en dehors du fichier ; sa taille est dans Content-Range.',
      en: 'The range asked for lies outside the file; its size is in Content-Range.',
    },
  },
  'precondition-failed': {
    status: 412,
    retryable: false,
    title: { fr: 'Le fichier a changé', en: 'The file has changed' },
    detail: {
      fr: 'Le fichier n’est plus celui que la requête suppose (If-Match, If-Unmodified-Since).',
      en: 'The file is no longer the one that the request assumes (If-Match, If-Unmodified-Since).',
    },
  },
  'invalid-link': {
    status: 403,
    retryable: false,
    title: { fr: 'Lien incorrect', en: 'Invalid link' },
    detail: {
      fr: 'Ce lien de téléchargement n’a pas été donné par ce serveur, ou a été modifié.',
      en: 'This download link was not given by this server, or was changed.',
    },
  },
  'expired-link': {
    status: 410,
    retryable: false,
    title: { fr: 'Lien expiré', en: 'Link expired' },
    detail: {
      fr: 'Ce lien de téléchargement a expiré ; demandez-en un autre à /download.',
      en: 'This download link has expired; ask /download for another one.',
    },
  },
  'file-gone': {
    status: 410,
    retryable: false,
    title: { fr: 'Fichier retiré', en: 'File removed' },
    detail: {
      fr: 'Ce fichier n’est plus conservé ; demandez un autre lien à /download.',
      en: 'This file is no longer kept; ask /download for another link.',
    },
  },
  'relays-busy': {
    status: 503,
    retryable: true,
    title: { fr: 'Trop d’écoutes relayées', en: 'Too many relayed listeners' },
    detail: {
      fr: 'Ce débat n’est pas encore conservé ici et trop d’écoutes passent déjà par la source ; réessayez bientôt.',
      en: 'This debate is not kept here yet and too many listeners already go through the source; try again soon.',
    },
  },
  'source-failed': {
    status: 502,
    retryable: true,
    title: { fr: 'La source ne répond pas correctement', en: 'The source failed' },
    detail: {
      fr: 'La source n’a pas donné le son ({reason}).',
      en: 'The source did not give the sound ({reason}).',
    },
  },
  'source-timeout': {
    status: 504,
    retryable: true,
    title: { fr: 'La source tarde trop', en: 'The source takes too long' },
    detail: { fr: 'La source n’a pas répondu à temps.', en: 'The source did not answer in time.' },
  },
});
