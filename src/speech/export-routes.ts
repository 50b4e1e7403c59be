import { ExportQuery, exportHeader } from '../debates/index.ts';
import type { Clock } from '../platform/clock/index.ts';
import type { Db } from '../platform/database/index.ts';
import { type App, sendNdjson, textResponse } from '../platform/http/index.ts';
import { EXPORT_EXAMPLE } from './examples.ts';
import { createExportStore } from './export-store.ts';
import { listenUrl } from './present.ts';

/** Everything that was said, for who wants it whole. */
export function registerExportRoutes(app: App, deps: { db: Db; clock: Clock; publicUrl: string }): void {
  const { clock, publicUrl } = deps;
  const store = createExportStore(deps.db);

  app.get(
    '/api/export/speeches.ndjson',
    {
      schema: {
        tags: ['open data'],
        summary: 'Toutes les interventions / All speeches',
        description:
          'Une intervention par ligne avec son texte édité, débat par débat dans l’ordre de leur dernier changement ; la première ligne dit la licence et la source. / One speech a line with its edited text, debate by debate in the order of their last change; the first line tells the licence and the source.',
        querystring: ExportQuery,
        response: { 200: textResponse('A speech a line', 'application/x-ndjson', EXPORT_EXAMPLE) },
      },
    },
    async (request, reply) => {
      const { updated_since } = request.query;
      return sendNdjson(request, reply, pieces(updated_since === undefined ? undefined : new Date(updated_since)));
    },
  );

  async function* pieces(updatedSince: Date | undefined): AsyncGenerator<object[]> {
    const header = exportHeader('speeches', clock.now(), updatedSince, publicUrl);
    yield [{ ...header, notice: 'Compte rendu édité, pas un verbatim / Edited record, not verbatim' }];
    for await (const debate of store.changedDebates(updatedSince ?? new Date(0))) {
      const speeches = await store.speechesOf(debate.id);
      yield speeches.map((speech) => ({
        debate_id: debate.id,
        meeting_id: debate.meetingId,
        date: debate.day,
        position: speech.position,
        speaker: {
          id: speech.speakerId,
          name: speech.speakerName,
          role: speech.speakerRole,
          group_id: speech.groupId,
        },
        subject: speech.chapterLabel,
        starts_at_ms: speech.startsAtMs,
        ends_at_ms: speech.endsAtMs,
        speaking_ms: speech.speakingMs,
        text: speech.text,
        source: speech.source,
        listen_url: listenUrl(publicUrl, debate.id, speech.startsAtMs),
        updated_at: debate.updatedAt.toISOString(),
      }));
    }
  }
}
