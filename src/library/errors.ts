import { defineErrors } from '../platform/errors/index.ts';

const tooMany = (fr: string, en: string) => ({
  status: 409,
  retryable: false,
  title: { fr: 'Limite atteinte', en: 'Limit reached' },
  detail: { fr, en },
});

export const libraryErrors = defineErrors('library', {
  'collection-not-found': {
    status: 404,
    retryable: false,
    title: { fr: 'Collection inconnue', en: 'Unknown collection' },
    detail: { fr: 'Aucune de vos collections ne porte cet identifiant.', en: 'None of your collections has this id.' },
  },
  'shared-collection-not-found': {
    status: 404,
    retryable: false,
    title: { fr: 'Lien sans collection', en: 'Link without a collection' },
    detail: {
      fr: 'Ce lien n’existe pas, ou la collection n’est plus partagée.',
      en: 'This link does not exist, or the collection is no longer shared.',
    },
  },
  'not-in-collection': {
    status: 404,
    retryable: false,
    title: { fr: 'Débat absent de la collection', en: 'Debate not in the collection' },
    detail: { fr: 'La collection ne contient pas ce débat.', en: 'The collection does not hold this debate.' },
  },
  'position-not-found': {
    status: 404,
    retryable: false,
    title: { fr: 'Débat jamais écouté', en: 'Debate never listened to' },
    detail: { fr: 'Aucune position n’est connue dans ce débat.', en: 'No position is known in this debate.' },
  },
  'too-many-favorites': tooMany(
    'Un compte garde au plus {limit, number} favoris.',
    'An account keeps at most {limit, number} favourites.',
  ),
  'too-many-collections': tooMany(
    'Un compte garde au plus {limit, number} collections.',
    'An account keeps at most {limit, number} collections.',
  ),
  'too-many-debates': tooMany(
    'Une collection garde au plus {limit, number} débats, et toutes ensemble {total, number}.',
    'A collection keeps at most {limit, number} debates, and all together {total, number}.',
  ),
  'too-many-positions': tooMany(
    'Un compte garde sa position dans au plus {limit, number} débats.',
    'An account keeps its position in at most {limit, number} debates.',
  ),
});
