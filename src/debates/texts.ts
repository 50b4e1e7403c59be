import { defineTexts } from '../platform/i18n/index.ts';

/** The fixed words of what this room publishes. */
export const debatesTexts = defineTexts('debates', {
  'calendar-source': { fr: 'Source : Assemblée nationale', en: 'Source: Assemblée nationale' },
});
