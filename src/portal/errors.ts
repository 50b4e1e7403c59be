import { defineErrors } from '../platform/errors/index.ts';

export const portalErrors = defineErrors('portal', {
  malformed: {
    status: 502,
    retryable: true,
    title: { fr: 'Réponse illisible du portail', en: 'Unreadable answer from the portal' },
    detail: {
      fr: 'Le portail vidéo a répondu un document que nous ne savons pas lire ({document} : {reason}).',
      en: 'The video portal answered a document that we cannot read ({document}: {reason}).',
    },
  },
  'html-instead': {
    status: 502,
    retryable: true,
    title: { fr: 'Page web au lieu du document', en: 'A web page instead of the document' },
    detail: {
      fr: 'Le portail vidéo a répondu une page web à la place du document attendu ({document}).',
      en: 'The video portal answered a web page where a document was expected ({document}).',
    },
  },
  'bad-video-id': {
    status: 422,
    retryable: false,
    title: { fr: 'Identifiant de vidéo impossible', en: 'Impossible video id' },
    detail: {
      fr: 'Un identifiant de vidéo ressemble à 19502241_6ac548b948b27.',
      en: 'A video id looks like 19502241_6ac548b948b27.',
    },
  },
  'foreign-address': {
    status: 502,
    retryable: false,
    title: { fr: 'Adresse étrangère au portail', en: 'Address foreign to the portal' },
    detail: {
      fr: 'Le portail renvoie pour ce document à une adresse qui n’est pas la sienne.',
      en: 'For this document the portal points to an address that is not its own.',
    },
  },
  busy: {
    status: 503,
    retryable: true,
    title: { fr: 'Trop de demandes au portail', en: 'Too many requests to the portal' },
    detail: {
      fr: 'Trop de demandes attendent déjà leur tour auprès du portail vidéo.',
      en: 'Too many requests already wait for their turn at the video portal.',
    },
  },
});

/** `portal/malformed`: `document` is the kind of document (`data.nvs`), `reason` says in English what is wrong with it. */
export function malformed(document: string, reason: string, cause?: unknown) {
  return portalErrors.error('malformed', { params: { document, reason }, cause });
}
