import { defineTexts, type Language, translate } from '../platform/i18n/index.ts';

/** The fixed words of what this room publishes. */
export const speechTexts = defineTexts('speech', {
  'before-the-sitting': { fr: 'Avant la séance', en: 'Before the sitting' },
  suspension: { fr: 'Suspension de séance', en: 'Sitting suspended' },
  'speaking-rule': {
    fr: 'Une phrase compte de son début à sa fin, pour la personne que nomme le compte rendu ; ni les suspensions ni les applaudissements ne comptent.',
    en: 'A sentence counts from its start to its end, for the person whom the record names; neither suspensions nor applause count.',
  },
});

/** Of chapters that nobody typed. */
export interface ChapterWords {
  beforeTheSitting: string;
  suspension: string;
}

export function chapterWordsIn(language: Language): ChapterWords {
  const { texts } = speechTexts;
  return {
    beforeTheSitting: translate(texts['before-the-sitting'], language),
    suspension: translate(texts.suspension, language),
  };
}
