import type { Static } from 'typebox';
import { Type } from 'typebox';
import { type Clock, parisDay } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type App, cursorOf, decodeCursor, invalidListRequest, pageLinks } from '../platform/http/index.ts';
import { speechErrors } from './errors.ts';
import { SPEAKER_DETAIL_EXAMPLE, SPEAKER_EXAMPLE, SPEECHES_EXAMPLE } from './examples.ts';
import { noSuchPerson } from './outcomes.ts';
import { placeCursor, placeOfCursor } from './place-cursor.ts';
import { listenUrl } from './present.ts';
import {
  SpeakerDetail,
  SpeakerId,
  SpeakerSummary,
  SpeakersQuery,
  SpeechesQuery,
  SpeechList,
} from './speakers-schemas.ts';
import { createSpeakersStore, type SpeakerRow, type SpeechRow } from './speakers-store.ts';

const DEFAULT_PER_PAGE = 20;
const BY_NAME = 'name';
const NEWEST = 'newest';

/** People: the Assembly's directory, and those whom only debates name. */
export function registerSpeakersRoutes(app: App, deps: { db: Db; clock: Clock; publicUrl: string }): void {
  const { clock, publicUrl } = deps;
  const store = createSpeakersStore(deps.db);

  app.get(
    '/api/speakers',
    {
      schema: {
        tags: ['speech'],
        summary: 'Les personnes / People',
        description:
          'Députés, ministres et invités, par nom ; q ignore les accents. / Deputies, ministers and guests, by name; q ignores accents.',
        querystring: SpeakersQuery,
        response: { 200: Type.Array({ ...SpeakerSummary, examples: [SPEAKER_EXAMPLE] }), 400: invalidListRequest },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = {
        q: query.q,
        groupId: query.group,
        inOffice: query.in_office,
        hasSpeeches: query.has_speeches,
      };
      const today = parisDay(clock.now());
      const perPage = query.per_page ?? DEFAULT_PER_PAGE;
      const page = query.page ?? 1;
      const from = query.cursor === undefined ? { offset: (page - 1) * perPage } : namePosition(query.cursor);
      const rows = await store.list(filter, today, perPage + 1, from);
      const shown = rows.slice(0, perPage);
      const last = rows.length > perPage ? shown.at(-1) : undefined;
      const total = await store.count(filter, today);
      const nextCursor = last === undefined ? null : cursorOf(BY_NAME, last.sortKey, last.id);
      const described = { page, perPage, total, nextCursor, byCursor: query.cursor !== undefined };
      reply.header('x-total-count', String(total));
      reply.header('link', pageLinks(`${publicUrl}/api/speakers/`, query, described));
      return shown.map(presentSpeaker);
    },
  );

  app.get(
    '/api/speakers/:speaker_id',
    {
      schema: {
        tags: ['speech'],
        summary: 'Une personne / One person',
        description:
          'Avec ses groupes et commissions dans le temps, et ses temps de parole. / With groups and commissions over time, and speaking times.',
        params: SpeakerId,
        response: { 200: { ...SpeakerDetail, examples: [SPEAKER_DETAIL_EXAMPLE] }, 404: noSuchPerson },
      },
    },
    async (request) => {
      const { speaker_id: id } = request.params;
      const speaker = await find(id);
      const stats = await store.stats(id);
      const mandates = await store.mandates(id);
      return {
        ...presentSpeaker(speaker),
        memberships: mandates.map((mandate) => ({
          organ_id: mandate.organId,
          organ_type: mandate.organType,
          name: mandate.name,
          short_name: mandate.shortName,
          color: mandate.color,
          role: mandate.role,
          legislature: mandate.legislature,
          starts_on: mandate.startsOn,
          ends_on: mandate.endsOn,
        })),
        stats: {
          debates: stats?.debates ?? 0,
          speeches: stats?.speeches ?? 0,
          speaking_ms: stats?.speakingMs ?? 0,
          interrupting_ms: stats?.interruptingMs ?? 0,
          chairing_ms: stats?.chairingMs ?? 0,
          turns: stats?.turns ?? 0,
        },
      };
    },
  );

  app.get(
    '/api/speakers/:speaker_id/speeches',
    {
      schema: {
        tags: ['speech'],
        summary: 'Ses interventions / Their speeches',
        description:
          'Des moments à écouter, du plus récent au plus ancien ; d’après le compte rendu, ou à défaut les chapitres. / Moments to listen to, newest first; from the record, or failing that from chapters.',
        params: SpeakerId,
        querystring: SpeechesQuery,
        response: { 200: { ...SpeechList, examples: [SPEECHES_EXAMPLE] }, 400: invalidListRequest, 404: noSuchPerson },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { speaker_id: id } = request.params;
      await find(id);
      const perPage = query.per_page ?? DEFAULT_PER_PAGE;
      const page = query.page ?? 1;
      const from = query.cursor === undefined ? { offset: (page - 1) * perPage } : placeOfCursor(query.cursor, NEWEST);
      const rows = await store.speeches(id, perPage + 1, from);
      const shown = rows.slice(0, perPage);
      const last = rows.length > perPage ? shown.at(-1) : undefined;
      const total = (await store.stats(id))?.speeches ?? 0;
      const nextCursor = last === undefined ? null : placeCursor(NEWEST, last);
      const described = { page, perPage, total, nextCursor, byCursor: query.cursor !== undefined };
      reply.header('x-total-count', String(total));
      reply.header('link', pageLinks(`${publicUrl}/api/speakers/${id}/speeches`, query, described));
      return shown.map((row) => presentSpeech(row, id, publicUrl));
    },
  );

  async function find(id: string): Promise<SpeakerRow> {
    const speaker = await store.find(id, parisDay(clock.now()));
    if (speaker === undefined) throw speechErrors.error('unknown-speaker', { params: { id } });
    return speaker;
  }
}

function presentSpeaker(row: SpeakerRow): Static<typeof SpeakerSummary> {
  return {
    id: row.id,
    name: `${row.firstName} ${row.lastName}`.trim(),
    civility: row.civility,
    first_name: row.firstName,
    last_name: row.lastName,
    role: row.role,
    in_directory: row.inDirectory,
    in_office: row.inOffice,
    group:
      row.groupId === null
        ? null
        : { id: row.groupId, name: row.groupName, short_name: row.groupShortName, color: row.groupColor },
    constituency:
      row.constituency === null
        ? null
        : {
            department: row.constituency.department,
            department_code: row.constituency.departmentCode,
            number: row.constituency.number,
          },
  };
}

function presentSpeech(row: SpeechRow, id: string, publicUrl: string): Static<typeof SpeechList>[number] {
  return {
    debate: {
      id: row.debateId,
      title: row.debateTitle,
      date: row.debateDay,
      type: row.debateType,
      commission: row.commission,
    },
    position: row.position,
    speaker: { id, name: row.speakerName, role: row.speakerRole, group_id: row.groupId },
    subject: row.chapterLabel,
    starts_at_ms: row.startsAtMs,
    ends_at_ms: row.endsAtMs,
    speaking_ms: row.speakingMs,
    beginning: row.beginning,
    source: row.source,
    listen_url: listenUrl(publicUrl, row.debateId, row.startsAtMs),
  };
}

function namePosition(cursor: string): { sortKey: string; id: string } {
  const { value, id } = decodeCursor(cursor, BY_NAME, 'text');
  return { sortKey: String(value), id };
}
