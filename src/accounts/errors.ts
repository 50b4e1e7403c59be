import { defineErrors } from '../platform/errors/index.ts';

export const accountsErrors = defineErrors('accounts', {
  'sign-in-required': {
    status: 401,
    retryable: false,
    title: { fr: 'Compte requis', en: 'Account required' },
    detail: {
      fr: 'Cette opération demande un compte : un appel à POST /api/auth/device en donne un, sans formulaire.',
      en: 'This operation needs an account: one call to POST /api/auth/device gives one, without a form.',
    },
  },
  'invalid-token': {
    status: 401,
    retryable: false,
    title: { fr: 'Jeton refusé', en: 'Token refused' },
    detail: {
      fr: 'Le jeton est inconnu, expiré ou révoqué ; POST /api/auth/refresh en donne un nouveau.',
      en: 'The token is unknown, expired or revoked; POST /api/auth/refresh gives a new one.',
    },
  },
  'invalid-credentials': {
    status: 401,
    retryable: false,
    title: { fr: 'Identifiants refusés', en: 'Credentials refused' },
    detail: { fr: 'L’adresse ou le mot de passe est faux.', en: 'The e-mail address or the password is wrong.' },
  },
  'invalid-refresh-token': {
    status: 401,
    retryable: false,
    title: { fr: 'Jeton de renouvellement refusé', en: 'Refresh token refused' },
    detail: {
      fr: 'Ce jeton de renouvellement est inconnu, expiré ou révoqué : il faut se reconnecter.',
      en: 'This refresh token is unknown, expired or revoked: sign in again.',
    },
  },
  'refresh-token-reused': {
    status: 401,
    retryable: false,
    title: { fr: 'Jeton de renouvellement déjà utilisé', en: 'Refresh token used twice' },
    detail: {
      fr: 'Ce jeton de renouvellement a déjà servi : il a pu être copié, la session est donc fermée.',
      en: 'This refresh token was used before: it may have been copied, so the session is closed.',
    },
  },
  forbidden: {
    status: 403,
    retryable: false,
    title: { fr: 'Droits insuffisants', en: 'Not allowed' },
    detail: {
      fr: 'Ce jeton ne permet pas cette opération.',
      en: 'This token does not allow this operation.',
    },
  },
  'session-required': {
    status: 403,
    retryable: false,
    title: { fr: 'Session requise', en: 'Session required' },
    detail: {
      fr: 'Cette opération est réservée au titulaire d’un compte connecté ; les clés et le jeton d’exploitation n’y suffisent pas.',
      en: 'This operation is for a signed-in account holder; keys and the operator’s token do not do.',
    },
  },
  'email-taken': {
    status: 409,
    retryable: false,
    title: { fr: 'Adresse déjà utilisée', en: 'Address already in use' },
    detail: { fr: 'Un compte existe déjà avec cette adresse.', en: 'An account with this address exists already.' },
  },
  'already-upgraded': {
    status: 409,
    retryable: false,
    title: { fr: 'Compte déjà complet', en: 'Account already complete' },
    detail: {
      fr: 'Ce compte a déjà une adresse et un mot de passe.',
      en: 'This account has an e-mail address and a password already.',
    },
  },
  'no-password': {
    status: 409,
    retryable: false,
    title: { fr: 'Compte sans mot de passe', en: 'Account without a password' },
    detail: {
      fr: 'Ce compte est celui d’un appareil ; POST /api/auth/upgrade lui donne une adresse et un mot de passe.',
      en: 'This is the account of a device; POST /api/auth/upgrade gives it an address and a password.',
    },
  },
  'scope-refused': {
    status: 403,
    retryable: false,
    title: { fr: 'Portée refusée', en: 'Scope refused' },
    detail: {
      fr: 'Une clé ne peut pas recevoir la portée « {scope} » d’un compte de ce rôle.',
      en: 'A key cannot be given the scope "{scope}" by an account of this role.',
    },
  },
  'too-many-keys': {
    status: 409,
    retryable: false,
    title: { fr: 'Trop de clés', en: 'Too many keys' },
    detail: {
      fr: 'Un compte a au plus {limit, number} clés ; supprimez-en une.',
      en: 'An account has at most {limit, number} keys; remove one.',
    },
  },
  'key-not-found': {
    status: 404,
    retryable: false,
    title: { fr: 'Clé inconnue', en: 'Unknown key' },
    detail: { fr: 'Aucune de vos clés ne porte cet identifiant.', en: 'None of your keys has this id.' },
  },
});
