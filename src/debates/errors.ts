import { defineErrors } from '../platform/errors/index.ts';

export const debatesErrors = defineErrors('debates', {
  'not-found': {
    status: 404,
    retryable: false,
    title: { fr: 'Débat inconnu', en: 'Unknown debate' },
    detail: { fr: 'Aucun débat ne porte l’identifiant « {id} ».', en: 'No debate has the id "{id}".' },
  },
  'dates-reversed': {
    status: 400,
    retryable: false,
    title: { fr: 'Dates inversées', en: 'Dates reversed' },
    detail: { fr: '« date_start » est après « date_end ».', en: '"date_start" is after "date_end".' },
  },
});
