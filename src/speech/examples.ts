import type { Static } from 'typebox';
import { DEBATE_EXAMPLE } from '../debates/index.ts';
import type { Chapters, HitDebate, Moment, SpeakingTimes, Suggestions, Transcript } from './schemas.ts';
import type { SpeakerDetail, SpeakerSummary, SpeechList } from './speakers-schemas.ts';

/** What the documentation of the API shows: an invented sitting, and an invented deputy who speaks in it. */
const { id: debate_id, title, type, date, commission, attribution } = DEBATE_EXAMPLE;
const debate: Static<typeof HitDebate> = { id: debate_id, title, type, date, commission };
const PERSON = { id: 'PA9900001', name: 'Mme Hélène Vautrain', role: 'rapporteure' };
const GROUP_ID = 'PO9900001';
const speaker = { ...PERSON, group_id: GROUP_ID, is_chair: false };
const SENTENCE = 'Chaque source compte, et la plus petite n’est pas la moins utile.';
const SNIPPET = 'Chaque <mark>source</mark> compte, et la plus petite n’est pas la moins utile.';
const TIMES = { starts_at_ms: 1_830_250, ends_at_ms: 1_834_900 };
const listen_url = `https://robian.example/api/streaming/${debate_id}/stream#t=1830`;

export const CHAPTERS_EXAMPLE: Static<typeof Chapters> = {
  debate_id,
  sitting_starts_at_ms: 894_000,
  sitting_start_origin: 'record',
  chapters: [
    {
      id: '2',
      label: 'Discussion générale',
      typed_label: 'DISCUSSION GENERALE',
      kind: 'text',
      starts_at_ms: 894_000,
      ends_at_ms: 3_600_000,
      is_skippable: false,
      speakers: [],
      children: [
        {
          id: '3',
          label: 'Mme Hélène Vautrain, rapporteure',
          typed_label: 'Mme VAUTRAIN',
          kind: 'intervention',
          starts_at_ms: 1_800_000,
          ends_at_ms: 2_160_000,
          is_skippable: false,
          speakers: [PERSON],
          children: [],
        },
      ],
    },
  ],
  attribution,
};

export const PODCAST_CHAPTERS_EXAMPLE = JSON.stringify({
  version: '1.2.0',
  title,
  chapters: [
    { startTime: 0, title: 'Avant la séance' },
    { startTime: 894, title: 'Discussion générale' },
    { startTime: 1_800, title: 'Mme Hélène Vautrain, rapporteure' },
  ],
});

const NOTICE = `Compte rendu édité par l’Assemblée nationale : ce n’est pas un verbatim.
Record edited by the Assemblée nationale: it is not verbatim.
Source : Assemblée nationale, ${attribution.url}`;

export const TRANSCRIPT_EXAMPLE: Static<typeof Transcript> = {
  debate_id,
  notice: NOTICE,
  word_source: 'record',
  timed_share: 0.98,
  cues: [{ position: 12, ...TIMES, kind: 'speech', speaker, text: SENTENCE, source: 'record' }],
  attribution,
};

/** By extension. */
export const FILE_EXAMPLES: Readonly<Record<'vtt' | 'srt' | 'txt', string>> = {
  vtt: `WEBVTT\n\nNOTE\n${NOTICE}\n\n1\n00:30:30.250 --> 00:30:34.900\n<v ${PERSON.name}>${SENTENCE}\n`,
  srt: `1\n00:30:30,250 --> 00:30:34,900\n${PERSON.name} : ${SENTENCE}\n`,
  txt: `${NOTICE}\n\n${PERSON.name} (0:30:30) : ${SENTENCE}\n`,
};

export const SPEAKING_EXAMPLE: Static<typeof SpeakingTimes> = {
  debate_id,
  rule: 'Une phrase compte de son début à sa fin… / A sentence counts from its start to its end…',
  total_speaking_ms: 8_400_000,
  timed_share: 0.98,
  people: [
    {
      id: PERSON.id,
      name: PERSON.name,
      group_id: GROUP_ID,
      speaking_ms: 1_260_000,
      interrupting_ms: 9_000,
      chairing_ms: 0,
      turns: 14,
    },
  ],
  groups: [{ group_id: GROUP_ID, speaking_ms: 2_040_000, people: 3 }],
};

const MOMENT: Static<typeof Moment> = {
  position: 12,
  ...TIMES,
  speaker,
  kind: 'speech',
  source: 'record',
  text: SENTENCE,
  snippet_html: SNIPPET,
  before: null,
  after: 'Nous l’avons entendu partout.',
  listen_url,
};
export const MOMENTS_EXAMPLE = [{ debate, ...MOMENT }];
export const GROUPS_EXAMPLE = [{ debate, hits: 4, hits_exact: true, moments: [MOMENT] }];

export const SUGGESTIONS_EXAMPLE: Static<typeof Suggestions> = {
  people: [{ id: PERSON.id, name: PERSON.name }],
  subjects: ['Protection des sources et des petites rivières'],
};

export const SPEAKER_EXAMPLE: Static<typeof SpeakerSummary> = {
  id: PERSON.id,
  name: 'Hélène Vautrain',
  civility: 'Mme',
  first_name: 'Hélène',
  last_name: 'Vautrain',
  role: null,
  in_directory: true,
  in_office: true,
  group: { id: GROUP_ID, name: 'Groupe des rivières', short_name: 'RIV', color: '#313567' },
  constituency: { department: 'Jura', department_code: '39', number: 2 },
};

export const SPEAKER_DETAIL_EXAMPLE: Static<typeof SpeakerDetail> = {
  ...SPEAKER_EXAMPLE,
  memberships: [
    {
      organ_id: GROUP_ID,
      organ_type: 'GP',
      name: 'Groupe des rivières',
      short_name: 'RIV',
      color: '#313567',
      role: 'Membre',
      legislature: 17,
      starts_on: '2024-07-19',
      ends_on: null,
    },
  ],
  stats: {
    debates: 12,
    speeches: 87,
    speaking_ms: 9_840_000,
    interrupting_ms: 61_000,
    chairing_ms: 0,
    turns: 143,
  },
};

export const SPEECHES_EXAMPLE: Static<typeof SpeechList> = [
  {
    debate,
    position: 3,
    speaker: { ...PERSON, group_id: GROUP_ID },
    subject: 'Discussion générale',
    ...TIMES,
    speaking_ms: 4_650,
    beginning: SENTENCE,
    source: 'record',
    listen_url,
  },
];

/** Two lines of the export: its header, and a speech. */
export const EXPORT_EXAMPLE =
  '{"type":"header","kind":"speeches","licence":"Licence Ouverte / Open Licence (Etalab)…",…}\n' +
  `${JSON.stringify({ debate_id, date, position: 3, speaker: { ...PERSON, group_id: GROUP_ID }, text: SENTENCE, listen_url })}\n`;
