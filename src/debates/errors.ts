import { defineErrors } from '../platform/errors/index.ts';

export const debatesErrors = defineErrors('debates', {
  'not-found': {
    status: 404,
    retryable: false,
    title: { fr: 'Débat inconnu', en: 'Unknown debate' },
    detail: { fr: 'Aucun débat ne porte l’identifiant « {id} ».', en: 'No debate has the id "{id}".' },
  },
  'already-known': {
    status: 409,
    retryable: false,
    title: { fr: 'Débat déjà connu', en: 'Debate already known' },
    detail: {
      fr: 'Cette page est déjà le débat « {id} » ; PUT le corrige.',
      en: 'This page is the debate "{id}" already; PUT corrects it.',
    },
  },
  'page-refused': {
    status: 422,
    retryable: false,
    title: { fr: 'Page refusée', en: 'Page refused' },
    detail: {
      fr: 'La page doit être en http ou https, sans identifiants, sur un hôte permis (SOURCE_HOSTS) et à une adresse publique.',
      en: 'The page must be http or https, without credentials, on an allowed host (SOURCE_HOSTS) and at a public address.',
    },
  },
  'page-unreachable': {
    status: 422,
    retryable: true,
    title: { fr: 'Hôte introuvable', en: 'Host not found' },
    detail: {
      fr: 'Le nom de l’hôte de cette page n’a pas pu être résolu.',
      en: 'The name of the host of this page could not be resolved.',
    },
  },
  'dates-reversed': {
    status: 400,
    retryable: false,
    title: { fr: 'Dates inversées', en: 'Dates reversed' },
    detail: { fr: '« date_start » est après « date_end ».', en: '"date_start" is after "date_end".' },
  },
});
