import { type ChapterDraft, chaptersOf } from './demo-chapters.ts';
import { baseOf, meetingId, plenary, recorded, sessionEnd, videoIdOf } from './demo-sitting.ts';
import { parisDay, parisMoment } from './formats/paris-time.ts';
import { recordedFacts } from './recordings.ts';
import type { AnnouncedSitting, FilmedSitting, Sitting } from './sitting.ts';

const DAY_MS = 86_400_000;
const CULTURE = { organId: '419604', label: 'Affaires culturelles et éducation (commission)', shortLabel: 'CION-CEDU' };
const SUSTAINABLE = { organId: '419865', label: 'Développement durable (commission)', shortLabel: 'CION-DVP' };
const FINANCE = { organId: '59048', label: 'Finances (commission)', shortLabel: 'CION_FIN' };
const RECORD_FOLDER = '/dyn/17/comptes-rendus/seance';

/**
 * Eight invented sittings around `now`: three two days ago, three yesterday, one live since 25 minutes, one announced
 * in three hours (or less, late at night). Ids and file names follow the dates, so that the portal's own rules about them hold.
 */
export function demoSittings(now: Date): Sitting[] {
  const nowMs = now.getTime();
  const first = parisDay(nowMs - 2 * DAY_MS);
  const second = parisDay(nowMs - DAY_MS);
  return [
    audition(parisMoment(first, 9, 30)),
    questions(parisMoment(first, 14, 0)),
    afternoonSitting(parisMoment(first, 15, 0)),
    financeCommission(parisMoment(second, 9, 0)),
    coastCommission(parisMoment(second, 11, 0)),
    eveningSitting(parisMoment(second, 21, 30)),
    liveSitting(wholeMinute(nowMs - 25 * 60_000)),
    announcedSitting(wholeMinute(Math.min(nowMs + 3 * 3_600_000, endOfProgramme(nowMs)))),
  ];
}

function afternoonSitting(startsAtMs: number): FilmedSitting {
  return recorded('seance-apres-midi', {
    mediaId: 99_000_100,
    meetingId: meetingId(startsAtMs, 'IDS90001'),
    startsAtMs,
    title: '1ère séance : Questions au Gouvernement ; Protection des sources et des petites rivières',
    agenda: [
      'Questions au Gouvernement',
      'Discussion de la proposition de loi visant à protéger les sources et les petites rivières',
    ],
    seance: { number: 12, rank: 1 },
    reportPath: `${RECORD_FOLDER}/CRSANR5L17S${sessionEnd(startsAtMs)}O1N012`,
    directory: ['vautrain', 'corvoisier', 'kerleveo', 'belmadani', 'fauchereau', 'transports', 'ecole'],
    hasCaptions: true,
    chapters: [
      {
        label: 'PROTECTION DES SOURCES ET DES PETITES RIVIÈRES',
        type: 'texte',
        mark: 'texte',
        theme: { key: 8, value: 'Environnement' },
        chapters: [
          { label: 'M. le président de séance', type: 'chair', mark: 'ouverture' },
          {
            label: 'Mme  Hélène Vautrain, rapporteure',
            type: 'intervention',
            mark: 'rapporteure',
            speakers: ['vautrain'],
          },
          {
            label: 'Discussion des articles',
            type: 'articles',
            chapters: [
              {
                label: 'Article 1er',
                type: 'article',
                mark: 'article-1',
                chapters: [
                  {
                    label: 'M.Bastien Corvoisier ',
                    type: 'intervention',
                    mark: 'corvoisier',
                    speakers: ['corvoisier'],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
}

/** The questions of the same meeting, published as a film of their own. */
function questions(startsAtMs: number): FilmedSitting {
  return recorded('questions-au-gouvernement', {
    mediaId: 99_000_400,
    meetingId: meetingId(startsAtMs, 'IDS90001'),
    startsAtMs,
    title: 'Questions au Gouvernement',
    videoType: { code: 'QG', label: 'Questions au gouvernement' },
    agenda: ['Questions au Gouvernement'],
    directory: ['kerleveo', 'belmadani', 'transports', 'ecole'],
    hasCaptions: true,
    chapters: [
      {
        label: 'QUESTIONS AU GOUVERNEMENT',
        type: 'questions',
        mark: 'question-1',
        chapters: [
          {
            label: 'Trains du soir',
            type: 'questionTitle',
            chapters: [
              { label: 'Mme Aude Kerlévéo', type: 'question', mark: 'question-1', speakers: ['kerleveo'] },
              { label: 'M. Gaspard Vilmorain', type: 'answer', mark: 'reponse-1', speakers: ['transports'] },
            ],
          },
          {
            label: 'Internats ruraux',
            type: 'questionTitle',
            chapters: [
              { label: 'M. Idriss Belmadani', type: 'question', mark: 'question-2', speakers: ['belmadani'] },
              { label: 'Mme Solène Tarrazit', type: 'answer', mark: 'reponse-2', speakers: ['ecole'] },
            ],
          },
        ],
      },
    ],
  });
}

/** A hearing: its main speaker has no number in the Assembly's directory, and nobody made captions. */
function audition(startsAtMs: number): FilmedSitting {
  return recorded('audition-bibliotheques', {
    mediaId: 99_000_700,
    meetingId: meetingId(startsAtMs, 'IDC490002'),
    startsAtMs,
    title: "Audition de Mme Clarisse Montaudouin, présidente de l'Observatoire des bibliothèques rurales",
    agenda: ["Audition de Mme Clarisse Montaudouin, présidente de l'Observatoire des bibliothèques rurales"],
    commission: CULTURE,
    room: { number: '6238', label: 'Salle 6238' },
    directory: ['fauchereau', 'belmadani', 'montaudouin'],
    hasCaptions: false,
    chapters: [
      {
        label: 'Mme Odile Fauchereau-Lanoë, présidente',
        type: 'intervention',
        mark: 'accueil',
        speakers: ['fauchereau'],
      },
      { label: 'Mme Clarisse Montaudouin', type: 'intervention', mark: 'expose', speakers: ['montaudouin'] },
      {
        label: 'M. Idriss Belmadani , Mme Montaudouin',
        type: 'intervention',
        mark: 'questions',
        speakers: ['belmadani', 'montaudouin'],
      },
    ],
  });
}

function financeCommission(startsAtMs: number): FilmedSitting {
  return recorded('commission-finances', {
    mediaId: 99_001_000,
    meetingId: meetingId(startsAtMs, 'IDC490003'),
    startsAtMs,
    title: 'Projet de loi de finances : mission Recherche polaire',
    agenda: ['Examen des crédits de la mission « Recherche polaire »'],
    commission: FINANCE,
    room: { number: '6350', label: 'Salle 6350' },
    directory: ['kerleveo', 'vautrain'],
    hasCaptions: true,
    chapters: [
      {
        label: 'Mme Aude Kerlévéo, rapporteure spéciale',
        type: 'intervention',
        mark: 'rapporteure',
        speakers: ['kerleveo'],
      },
      { label: 'Discussion', type: 'intervention', mark: 'discussion', speakers: ['vautrain', 'kerleveo'] },
    ],
  });
}

/** Just ended: data.nvs names no MP3 yet, and only HLS can be had. */
function coastCommission(startsAtMs: number): FilmedSitting {
  return recorded('commission-littoral', {
    mediaId: 99_001_300,
    meetingId: meetingId(startsAtMs, 'IDC490004'),
    startsAtMs,
    title: "Examen du rapport sur l'érosion du littoral",
    agenda: ["Suite de l'examen du rapport d'information sur l'érosion du littoral", 'Questions diverses'],
    commission: SUSTAINABLE,
    room: { number: '6242', label: 'Salle 6242' },
    directory: ['belmadani', 'corvoisier'],
    hasCaptions: false,
    chapters: [
      { label: 'M. Idriss Belmadani, rapporteur', type: 'intervention', mark: 'rapporteur', speakers: ['belmadani'] },
      { label: 'M. Bastien Corvoisier', type: 'intervention', mark: 'discussion', speakers: ['corvoisier'] },
    ],
  });
}

function eveningSitting(startsAtMs: number): FilmedSitting {
  return recorded('seance-soir', {
    mediaId: 99_001_600,
    meetingId: meetingId(startsAtMs, 'IDS90005'),
    startsAtMs,
    title: '2ème séance : Transmission des savoir-faire artisanaux (suite)',
    agenda: ['Suite de la discussion du projet de loi relatif à la transmission des savoir-faire artisanaux'],
    seance: { number: 14, rank: 2 },
    reportPath: null,
    directory: ['belmadani', 'kerleveo', 'corvoisier', 'vautrain'],
    hasCaptions: true,
    chapters: [
      {
        label: 'TRANSMISSION DES SAVOIR-FAIRE ARTISANAUX (suite)',
        type: 'texte',
        mark: 'texte',
        theme: { key: 5, value: 'Culture et éducation' },
        chapters: [
          {
            label: 'Rappel au règlement',
            type: 'rappel',
            mark: 'rappel',
            chapters: [{ label: 'M. Idriss Belmadani', type: 'intervention', mark: 'rappel', speakers: ['belmadani'] }],
          },
          {
            label: 'Article 4',
            type: 'article',
            mark: 'article-4',
            chapters: [{ label: 'Mme Aude Kerlévéo', type: 'intervention', mark: 'kerleveo', speakers: ['kerleveo'] }],
          },
        ],
      },
    ],
  });
}

/** On the air: the recorded commission's pictures and sound, round and round. */
function liveSitting(startsAtMs: number): FilmedSitting {
  const mediaId = 99_001_900;
  const draft: ChapterDraft = {
    label: 'ACCUEIL DES JEUNES AGRICULTEURS',
    type: 'texte',
    theme: { key: 2, value: 'Agriculture' },
    chapters: [{ label: 'Mme Hélène Vautrain', type: 'intervention', speakers: ['vautrain'] }],
  };
  const { segmentSeconds } = recordedFacts('commission-littoral');
  return {
    ...plenary(startsAtMs),
    state: 'live',
    mediaId,
    videoId: videoIdOf(mediaId, startsAtMs),
    meetingId: meetingId(startsAtMs, 'IDS90006'),
    startsAtMs,
    title: '1ère séance : Accueil des jeunes agriculteurs',
    agenda: ["Discussion de la proposition de loi relative à l'accueil des jeunes agriculteurs"],
    videoType: { code: 'S', label: 'Séance publique' },
    seance: { number: 15, rank: 1 },
    reportPath: null,
    recording: {
      base: baseOf('hemi', startsAtMs),
      startsAtMs,
      durationSeconds: 0,
      hasAudioFile: false,
      mp3File: null,
      hls: segmentSeconds === null ? null : { stem: 'commission-littoral', segmentSeconds },
    },
    ...chaptersOf([draft], ['vautrain', 'belmadani'], null, mediaId),
    captions: null,
  };
}

function announcedSitting(startsAtMs: number): AnnouncedSitting {
  return {
    state: 'announced',
    meetingId: meetingId(startsAtMs, 'IDC490007'),
    startsAtMs,
    title: 'Table ronde sur les refuges de montagne',
    agenda: ['Table ronde sur les refuges de montagne : gardiens, communes et associations'],
    place: { label: 'Salle 6242', ref: 'SLANPBS6242' },
    commission: SUSTAINABLE,
    stream: 42,
  };
}

/** Last minute of today's programme, which runs to six in the morning: what is announced must stand in it. */
function endOfProgramme(nowMs: number): number {
  const sixHoursMs = 6 * 3_600_000;
  return parisMoment(parisDay(nowMs - sixHoursMs), 29, 59);
}

function wholeMinute(timeMs: number): number {
  return Math.floor(timeMs / 60_000) * 60_000;
}
