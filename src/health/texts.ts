import { defineTexts } from '../platform/i18n/index.ts';

/** What a dependency's state means for those who listen. */
export const healthTexts = defineTexts('health', {
  'disk-low': {
    fr: 'Il reste moins que DISK_FLOOR : plus rien n’est extrait.',
    en: 'Less than DISK_FLOOR is left: nothing more is extracted.',
  },
  'ffmpeg-absent': {
    fr: 'Absent : le son publié est pris, celui des vidéos ne peut pas l’être.',
    en: 'Absent: published sound is taken, that of videos cannot be.',
  },
  'yt-dlp-absent': {
    fr: 'Absent : les pages d’autres sites ne peuvent pas être lues.',
    en: 'Absent: pages of other sites cannot be read.',
  },
  'portal-silent': {
    fr: 'Le portail ne répond pas comme il faut : ce qui est connu reste disponible.',
    en: 'The portal does not answer as it should: what is known stays available.',
  },
  'portal-not-followed': {
    fr: 'Ce processus ne suit pas le portail.',
    en: 'This process does not follow the portal.',
  },
});
