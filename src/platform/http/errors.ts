import { defineErrors } from '../errors/index.ts';

export const httpErrors = defineErrors('http', {
  'invalid-request': {
    status: 400,
    retryable: false,
    title: { fr: 'Requête incorrecte', en: 'Invalid request' },
    detail: {
      fr: 'La requête contient des valeurs refusées ; le détail est dans « errors ».',
      en: 'The request holds values that are refused; see "errors".',
    },
  },
  'not-found': {
    status: 404,
    retryable: false,
    title: { fr: 'Adresse inconnue', en: 'Unknown address' },
    detail: { fr: 'Rien ne se trouve à cette adresse.', en: 'There is nothing at this address.' },
  },
  'method-not-allowed': {
    status: 405,
    retryable: false,
    title: { fr: 'Méthode refusée', en: 'Method not allowed' },
    detail: {
      fr: 'Cette adresse n’accepte pas cette méthode ; voir l’en-tête Allow.',
      en: 'This address does not take this method; see the Allow header.',
    },
  },
  'body-too-large': {
    status: 413,
    retryable: false,
    title: { fr: 'Corps trop grand', en: 'Body too large' },
    detail: { fr: 'Le corps de la requête dépasse la taille admise.', en: 'The body is over the size allowed.' },
  },
  'unsupported-media-type': {
    status: 415,
    retryable: false,
    title: { fr: 'Format non pris en charge', en: 'Unsupported media type' },
    detail: { fr: 'Le corps doit être en application/json.', en: 'The body must be application/json.' },
  },
  'invalid-cursor': {
    status: 400,
    retryable: false,
    title: { fr: 'Curseur incorrect', en: 'Invalid cursor' },
    detail: {
      fr: 'Le paramètre « cursor » n’a pas été donné par cette liste, ou l’a été pour un autre tri.',
      en: 'The "cursor" parameter was not given by this list, or was given for another order.',
    },
  },
  'too-many-requests': {
    status: 429,
    retryable: true,
    title: { fr: 'Trop de requêtes', en: 'Too many requests' },
    detail: {
      fr: 'La limite de cette opération est atteinte ; réessayez après le délai de l’en-tête Retry-After.',
      en: 'The limit of this operation is reached; try again after the delay in the Retry-After header.',
    },
  },
  'not-acceptable': {
    status: 400,
    retryable: false,
    title: { fr: 'Requête illisible', en: 'Unreadable request' },
    detail: { fr: 'La requête n’a pas pu être lue.', en: 'The request could not be read.' },
  },
  unavailable: {
    status: 503,
    retryable: true,
    title: { fr: 'Service momentanément indisponible', en: 'Service briefly unavailable' },
    detail: { fr: 'Réessayez dans un instant.', en: 'Try again in a moment.' },
  },
  internal: {
    status: 500,
    retryable: true,
    title: { fr: 'Erreur interne', en: 'Internal error' },
    detail: {
      fr: 'Une erreur est survenue de notre côté ; elle est enregistrée sous l’identifiant « instance ».',
      en: 'Something failed on our side; it is recorded under the id in "instance".',
    },
  },
});
