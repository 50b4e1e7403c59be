import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { attributionOf, type Debate, DebateId, type Debates } from '../debates/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type App, addVary, textResponse } from '../platform/http/index.ts';
import { translate } from '../platform/i18n/index.ts';
import type { Cue } from './cue.ts';
import { speechErrors } from './errors.ts';
import {
  CHAPTERS_EXAMPLE,
  FILE_EXAMPLES,
  PODCAST_CHAPTERS_EXAMPLE,
  SPEAKING_EXAMPLE,
  TRANSCRIPT_EXAMPLE,
} from './examples.ts';
import { noticeOf } from './notice.ts';
import { noSuchDebate, nothingPublished } from './outcomes.ts';
import { placeChapters } from './place-chapters.ts';
import { presentChapters, presentCue } from './present.ts';
import { createPublishedStore } from './published-store.ts';
import { Chapter, Chapters, SpeakingTimes, Transcript, Words } from './schemas.ts';
import { groupsOf } from './speaking-time.ts';
import { chapterWordsIn, speechTexts } from './texts.ts';
import { toPodcastChapters } from './to-podcast-chapters.ts';
import { toSrt } from './to-srt.ts';
import { toText } from './to-text.ts';
import { toWebVtt } from './to-webvtt.ts';

const PODCAST_CHAPTERS = 'application/json+chapters';

/** Every format of a transcript by its extension, with its type. */
const FORMATS: readonly [
  extension: keyof typeof FILE_EXAMPLES,
  contentType: string,
  render: (cues: readonly Cue[], notice: string) => string,
][] = [
  ['vtt', 'text/vtt; charset=utf-8', toWebVtt],
  ['srt', 'application/x-subrip; charset=utf-8', toSrt],
  ['txt', 'text/plain; charset=utf-8', toText],
];

const chaptersOutcome = {
  description: 'The tree, or the list that podcast players know',
  content: {
    'application/json': { schema: Chapters, example: CHAPTERS_EXAMPLE },
    [PODCAST_CHAPTERS]: { schema: Type.String(), example: PODCAST_CHAPTERS_EXAMPLE },
  },
};

/** What is published of one debate: its chapters, its words, who spoke how long. */
export function registerDebateSpeechRoutes(app: App, deps: { debates: Debates; db: Db }): void {
  const { debates } = deps;
  const store = createPublishedStore(deps.db);
  app.addSchema(Chapter);

  app.get(
    '/api/debates/:debate_id/chapters',
    {
      schema: {
        tags: ['speech'],
        summary: 'Chapitres / Chapters',
        description:
          'L’arbre des chapitres sur l’horloge de l’enregistrement, suspensions comprises. Avec Accept: application/json+chapters, les chapitres Podcasting 2.0. / The tree of chapters on the clock of the recording, suspensions included. With Accept: application/json+chapters, Podcasting 2.0 chapters.',
        params: DebateId,
        response: { 200: chaptersOutcome, 404: noSuchDebate },
      },
    },
    async (request, reply) => {
      const debate = await debates.get(request.params.debate_id);
      const summary = await store.summary(debate.id);
      const chapters = summary?.chapters ?? placeChapters(debate.chapters, [], null);
      const suspensions = summary?.suspensions ?? [];
      const { sittingStartsAtMs, sittingStartOrigin, title } = debate;
      const words = chapterWordsIn(request.language);
      reply.header('vary', 'accept, accept-language');
      if (wantsPodcastChapters(request)) {
        const podcast = toPodcastChapters({ title, chapters, suspensions, sittingStartsAtMs, words });
        return reply
          .serializer((body: unknown) => String(body))
          .type(PODCAST_CHAPTERS)
          .send(JSON.stringify(podcast));
      }
      return {
        debate_id: debate.id,
        sitting_starts_at_ms: sittingStartsAtMs,
        sitting_start_origin: sittingStartOrigin,
        chapters: presentChapters(chapters, suspensions, debate.speakers, words),
        attribution: attributionOf(debate),
      };
    },
  );

  app.get(
    '/api/debates/:debate_id/transcript',
    {
      schema: {
        tags: ['speech'],
        summary: 'Ce qui a été dit / What was said',
        description:
          'Les phrases sur l’horloge de l’enregistrement. Le compte rendu est édité : ce n’est pas un verbatim. Avec q, seulement les phrases qui répondent. / Sentences on the clock of the recording. The record is edited, it is not verbatim. With q, only the sentences that hold it.',
        params: DebateId,
        querystring: Type.Object({ q: Type.Optional(Words) }, { additionalProperties: false }),
        response: { 200: { ...Transcript, examples: [TRANSCRIPT_EXAMPLE] }, 404: nothingPublished },
      },
    },
    async (request) => {
      const { debate, summary, cues } = await transcriptOf(request.params.debate_id, request.query.q ?? null);
      return {
        debate_id: debate.id,
        notice: noticeOf(debate),
        word_source: summary.word_source,
        timed_share: summary.timed_share,
        cues: cues.map(presentCue),
        attribution: attributionOf(debate),
      };
    },
  );

  for (const [extension, contentType, render] of FORMATS) {
    app.get(
      `/api/debates/:debate_id/transcript.${extension}`,
      {
        schema: {
          tags: ['speech'],
          summary: `Ce qui a été dit, en ${extension} / What was said, as ${extension}`,
          description:
            'Le compte rendu est édité : ce n’est pas un verbatim. / The record is edited, it is not verbatim.',
          params: DebateId,
          response: {
            200: textResponse('The transcript', contentType.split(';', 1)[0] ?? contentType, FILE_EXAMPLES[extension]),
            404: nothingPublished,
          },
        },
      },
      async (request, reply) => {
        const { debate, cues } = await transcriptOf(request.params.debate_id, null);
        return reply
          .serializer((body: unknown) => String(body))
          .type(contentType)
          .send(render(cues, noticeOf(debate)));
      },
    );
  }

  app.get(
    '/api/debates/:debate_id/speaking-time',
    {
      schema: {
        tags: ['speech'],
        summary: 'Temps de parole / Speaking time',
        description: 'Par personne et par groupe, d’après le compte rendu. / By person and by group, from the record.',
        params: DebateId,
        response: { 200: { ...SpeakingTimes, examples: [SPEAKING_EXAMPLE] }, 404: nothingPublished },
      },
    },
    async (request, reply) => {
      addVary(reply, 'accept-language');
      const debate = await debates.get(request.params.debate_id);
      const summary = await publishedOf(debate);
      const people = await store.speakingTimes(debate.id);
      const groups = groupsOf(
        people.map(({ group_id, speaking_ms }) => ({ groupId: group_id, speakingMs: speaking_ms })),
      );
      return {
        debate_id: debate.id,
        rule: translate(speechTexts.texts['speaking-rule'], request.language),
        total_speaking_ms: summary.total_speaking_ms,
        timed_share: summary.timed_share,
        people: people.map((person) => ({
          id: person.speaker_id,
          name: person.speaker_name,
          group_id: person.group_id,
          speaking_ms: person.speaking_ms,
          interrupting_ms: person.interrupting_ms,
          chairing_ms: person.chairing_ms,
          turns: person.turns,
        })),
        groups: groups.map(({ groupId, speakingMs, people: members }) => ({
          group_id: groupId,
          speaking_ms: speakingMs,
          people: members,
        })),
      };
    },
  );

  async function publishedOf(debate: Debate) {
    const summary = await store.summary(debate.id);
    const wordSource = summary?.word_source ?? null;
    if (summary === undefined || wordSource === null) {
      throw speechErrors.error('no-transcript', { params: { id: debate.id } });
    }
    return { ...summary, word_source: wordSource };
  }

  async function transcriptOf(debateId: string, q: string | null) {
    const debate = await debates.get(debateId);
    const summary = await publishedOf(debate);
    return { debate, summary, cues: await store.cues(debate.id, q) };
  }
}

function wantsPodcastChapters(request: FastifyRequest): boolean {
  const accepted = (request.headers.accept ?? '').split(',').map((range) => range.split(';', 1)[0]?.trim());
  return accepted.includes(PODCAST_CHAPTERS);
}
