import { Type } from 'typebox';
import { addDays, type Clock, parisDay } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type App, sendNdjson, textResponse } from '../platform/http/index.ts';
import { translate } from '../platform/i18n/index.ts';
import { renderCalendar } from './calendar.ts';
import { CALENDAR_EXAMPLE, EXPORT_EXAMPLE } from './example.ts';
import { ExportQuery, exportHeader } from './export-header.ts';
import type { DebateFilter } from './list-query.ts';
import { presentDebate } from './present.ts';
import type { AudioFileBody } from './schemas.ts';
import { createDebatesStore } from './store.ts';
import { debatesTexts } from './texts.ts';

/** A calendar shows what has just been and what is planned; the agenda is published some weeks ahead. */
const CALENDAR_PAST_DAYS = 30;
const CALENDAR_FUTURE_DAYS = 180;
/** Twice what the busiest half year holds; a calendar application reads it whole. */
const CALENDAR_EVENTS = 5_000;
/** Debates read at a time: some milliseconds of the database, a megabyte of memory. */
const EXPORTED_AT_ONCE = 200;
const NAME_MAX = 200;

interface OpenRoutesOptions {
  db: Db;
  clock: Clock;
  publicUrl: string;
  /** The playable files of some debates, from the room that keeps them. */
  audioFiles: (debateIds: readonly string[]) => Promise<ReadonlyMap<string, readonly AudioFileBody[]>>;
}

/** What others may take whole: a calendar to subscribe to, and everything that is known. */
export function registerOpenRoutes(app: App, options: OpenRoutesOptions): void {
  const { clock, publicUrl, audioFiles } = options;
  const store = createDebatesStore(options.db);

  app.get(
    '/calendar.ics',
    {
      schema: {
        tags: ['debates'],
        summary: 'Calendrier / Calendar',
        description:
          'Les séances passées depuis peu et à venir (RFC 5545), d’une commission si l’on veut. / Sittings of late and to come (RFC 5545), of one commission if asked.',
        querystring: Type.Object(
          {
            commission: Type.Optional(
              Type.String({ minLength: 1, maxLength: NAME_MAX, description: 'Part of the name' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: textResponse('RFC 5545', 'text/calendar', CALENDAR_EXAMPLE) },
      },
    },
    async (request, reply) => {
      const { commission } = request.query;
      const today = parisDay(clock.now());
      const filter: DebateFilter = {
        commission,
        dateStart: addDays(today, -CALENDAR_PAST_DAYS),
        dateEnd: addDays(today, CALENDAR_FUTURE_DAYS),
      };
      const from = { offset: 0 };
      const listed = await store.list({ filter, sort: 'date', order: 'asc', limit: CALENDAR_EVENTS, from });
      const name = commission === undefined ? 'Assemblée nationale' : `Assemblée nationale – ${commission}`;
      return reply
        .serializer((body: unknown) => String(body))
        .type('text/calendar; charset=utf-8')
        .header('vary', 'accept-language')
        .send(
          renderCalendar(
            listed.map(({ debate }) => debate),
            { name, source: translate(debatesTexts.texts['calendar-source'], request.language) },
          ),
        );
    },
  );

  app.get(
    '/api/export/debates.ndjson',
    {
      schema: {
        tags: ['open data'],
        summary: 'Tous les débats / All debates',
        description:
          'Un débat par ligne, dans l’ordre de leur dernier changement ; la première ligne dit la licence et la source. / One debate a line, in the order of their last change; the first line tells the licence and the source.',
        querystring: ExportQuery,
        response: { 200: textResponse('A debate a line', 'application/x-ndjson', EXPORT_EXAMPLE) },
      },
    },
    async (request, reply) => {
      const { updated_since } = request.query;
      const since = updated_since === undefined ? undefined : new Date(updated_since);
      return sendNdjson(request, reply, pieces(since));
    },
  );

  async function* pieces(updatedSince: Date | undefined): AsyncGenerator<object[]> {
    yield [exportHeader('debates', clock.now(), updatedSince, publicUrl)];
    let from: { offset: number } | { value: string | number | null; id: string } = { offset: 0 };
    for (;;) {
      const listed = await store.list({
        filter: { updatedSince },
        sort: 'updated_at',
        order: 'asc',
        limit: EXPORTED_AT_ONCE,
        from,
      });
      const files = await audioFiles(listed.filter(({ debate }) => debate.hasAudio).map(({ debate }) => debate.id));
      yield listed.map(({ debate }) => presentDebate(debate, files.get(debate.id) ?? []));
      const last = listed.at(-1);
      if (last === undefined || listed.length < EXPORTED_AT_ONCE) return;
      from = { value: last.sortValue, id: last.debate.id };
    }
  }
}
