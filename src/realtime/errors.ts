import { defineErrors } from '../platform/errors/index.ts';

export const realtimeErrors = defineErrors('realtime', {
  'upgrade-required': {
    status: 426,
    retryable: false,
    title: { fr: 'WebSocket attendu', en: 'WebSocket expected' },
    detail: {
      fr: 'Cette adresse ne parle que WebSocket ; /api/events donne les mêmes nouvelles en HTTP.',
      en: 'This address speaks WebSocket only; /api/events gives the same news over HTTP.',
    },
  },
  'origin-refused': {
    status: 403,
    retryable: false,
    title: { fr: 'Origine refusée', en: 'Origin refused' },
    detail: {
      fr: 'Ce site n’est pas autorisé à ouvrir une connexion.',
      en: 'This site is not allowed to open a connection.',
    },
  },
  'too-many-connections': {
    status: 503,
    retryable: true,
    title: { fr: 'Trop de connexions', en: 'Too many connections' },
    detail: {
      fr: 'Trop de connexions sont ouvertes, d’ici ou en tout ; réessayez plus tard.',
      en: 'Too many connections are open, from here or altogether; try again later.',
    },
  },
  'unknown-channel': {
    status: 400,
    retryable: false,
    title: { fr: 'Canal inconnu', en: 'Unknown channel' },
    detail: { fr: 'Le canal « {channel} » n’existe pas.', en: 'There is no channel "{channel}".' },
  },
  'too-many-channels': {
    status: 400,
    retryable: false,
    title: { fr: 'Trop de canaux', en: 'Too many channels' },
    detail: {
      fr: 'Une connexion peut suivre {limit} canaux au plus.',
      en: 'A connection may follow {limit} channels at most.',
    },
  },
  'token-required': {
    status: 401,
    retryable: false,
    title: { fr: 'Jeton requis', en: 'Token required' },
    detail: {
      fr: 'Ce canal demande un jeton valable.',
      en: 'This channel needs a valid token.',
    },
  },
  'bad-message': {
    status: 400,
    retryable: false,
    title: { fr: 'Message illisible', en: 'Unreadable message' },
    detail: {
      fr: 'Attendu : un objet JSON dont « type » est subscribe, unsubscribe ou ping.',
      en: 'Expected: a JSON object whose "type" is subscribe, unsubscribe or ping.',
    },
  },
  'too-old': {
    status: 410,
    retryable: false,
    title: { fr: 'Trop ancien', en: 'Too old' },
    detail: {
      fr: 'Les nouvelles qui suivent le numéro {after} ne sont plus toutes là : relisez l’état présent. La suite arrive.',
      en: 'Not all news after number {after} is there any more: read the present state again. What follows will come.',
    },
  },
});
