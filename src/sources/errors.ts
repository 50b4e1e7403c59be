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
  'plugin-broken': {
    status: 500,
    retryable: false,
    title: { fr: 'Extension inutilisable', en: 'Unusable plugin' },
    detail: {
      fr: 'L’extension « {plugin} » ne peut pas être chargée.',
      en: 'The plugin “{plugin}” cannot be loaded.',
    },
  },
  'plugin-failed': {
    status: 502,
    retryable: true,
    title: { fr: 'Échec d’une extension', en: 'A plugin failed' },
    detail: {
      fr: 'L’extension « {plugin} » a échoué.',
      en: 'The plugin “{plugin}” failed.',
    },
  },
  'plugin-silent': {
    status: 504,
    retryable: true,
    title: { fr: 'Extension sans réponse', en: 'A plugin does not answer' },
    detail: {
      fr: 'L’extension « {plugin} » ne répond pas ; elle sera interrogée de nouveau dans quelques minutes.',
      en: 'The plugin “{plugin}” does not answer; it will be asked again in some minutes.',
    },
  },
  'plugin-answer': {
    status: 502,
    retryable: false,
    title: { fr: 'Réponse d’extension inutilisable', en: 'Unusable answer of a plugin' },
    detail: {
      fr: 'L’extension « {plugin} » a répondu ce qui ne peut pas être pris.',
      en: 'The plugin “{plugin}” answered what cannot be taken.',
    },
  },
});
