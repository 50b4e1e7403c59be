import { defineErrors } from '../platform/errors/index.ts';

export const speechErrors = defineErrors('speech', {
  'no-transcript': {
    status: 404,
    retryable: true,
    title: { fr: 'Pas de transcription', en: 'No transcript' },
    detail: {
      fr: 'Rien de ce qui a été dit dans « {id} » n’est publié pour l’instant.',
      en: 'Nothing of what was said in "{id}" has been published so far.',
    },
  },
  'unknown-speaker': {
    status: 404,
    retryable: false,
    title: { fr: 'Personne inconnue', en: 'Unknown person' },
    detail: { fr: 'Personne ne porte l’identifiant « {id} ».', en: 'Nobody has the id "{id}".' },
  },
  'groups-by-cursor': {
    status: 400,
    retryable: false,
    title: { fr: 'Pages par curseur seulement', en: 'Pages by cursor only' },
    detail: {
      fr: 'Avec « group_by », la page suivante se demande par le « cursor » de l’en-tête Link, pas par « page ».',
      en: 'With "group_by" the next page is asked by the "cursor" of the Link header, not by "page".',
    },
  },
  'dates-reversed': {
    status: 400,
    retryable: false,
    title: { fr: 'Dates inversées', en: 'Dates reversed' },
    detail: { fr: '« date_start » est après « date_end ».', en: '"date_start" is after "date_end".' },
  },
  'searches-busy': {
    status: 503,
    retryable: true,
    title: { fr: 'Trop de recherches à la fois', en: 'Too many searches at once' },
    detail: {
      fr: 'Trop de recherches attendent déjà ; réessayez dans un instant.',
      en: 'Too many searches are waiting already; try again in a moment.',
    },
  },
});
