import { defineTexts } from '../i18n/index.ts';

/** The fixed words of the pages that explain errors. */
export const errorPageTexts = defineTexts('error-pages', {
  language: { fr: 'Français', en: 'English' },
  index: { fr: 'Les erreurs', en: 'Errors' },
  'what-to-do': { fr: 'Que faire', en: 'What to do' },
  operations: { fr: 'Opérations qui la donnent', en: 'Operations that give it' },
  'try-later': {
    fr: 'La même requête peut réussir plus tard : réessayez après le délai de l’en-tête Retry-After, ou, sans lui, en espaçant les essais.',
    en: 'The same request may succeed later: try again after the delay in the Retry-After header or, without one, at growing intervals.',
  },
  'try-once': {
    fr: 'Réessayez plus tard. Si cela dure, donnez à l’opérateur du service l’identifiant « instance ».',
    en: 'Try again later. If it lasts, give the id in "instance" to whoever runs the service.',
  },
  'change-request': {
    fr: 'La même requête échouera toujours : changez-la avant de la refaire.',
    en: 'The same request will always fail: change it before asking again.',
  },
  'sign-in': {
    fr: 'Renouvelez le jeton par POST /api/auth/refresh, ou ouvrez une session, puis refaites la requête.',
    en: 'Renew the token by POST /api/auth/refresh, or sign in, then ask again.',
  },
  'other-account': {
    fr: 'Ce jeton ne le permet pas, et ne le permettra pas : il en faut un autre.',
    en: 'This token does not allow it, and will not: another one is needed.',
  },
  'not-there': {
    fr: 'Inutile de redemander la même chose : vérifiez l’identifiant ou l’adresse.',
    en: 'Asking the same again is of no use: check the id or the address.',
  },
  'read-again': {
    fr: 'Relisez l’état présent, puis décidez à nouveau.',
    en: 'Read the present state again, then decide anew.',
  },
  'not-yours': {
    fr: 'La cause n’est pas dans votre requête, et la refaire n’y changera rien pour l’instant.',
    en: 'The cause is not in your request, and asking again will not help for now.',
  },
});
