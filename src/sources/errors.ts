import { defineErrors } from '../platform/errors/index.ts';

export const sourcesErrors = defineErrors('sources', {
  unknown: {
    status: 422,
    retryable: false,
    title: { fr: 'Source inconnue', en: 'Unknown source' },
    detail: {
      fr: 'Aucune source de débats ne porte le nom « {source} ».',
      en: 'No source of debates is called “{source}”.',
    },
  },
  'unusable-address': {
    status: 422,
    retryable: false,
    title: { fr: 'Adresse inutilisable', en: 'Unusable address' },
    detail: {
      fr: 'L’adresse doit être une page http ou https, sans identifiants.',
      en: 'The address must be an http or https page, without credentials.',
    },
  },
});
