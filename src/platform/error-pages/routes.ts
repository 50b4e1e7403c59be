import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { Type } from 'typebox';
import type { ErrorCatalogue } from '../errors/index.ts';
import { type App, httpErrors, problemResponse } from '../http/index.ts';
import type { Languages } from '../i18n/index.ts';
import { type ErrorPage, errorPages, operationsByCode } from './page.ts';
import { renderHtml, renderHtmlIndex, renderMarkdown, renderMarkdownIndex } from './render.ts';

/** Pages change with a release only; an hour is what a reader of the one before may miss, in seconds. */
const KEPT_SECONDS = 3_600;
const PART = '^[a-z][a-z0-9-]{0,63}$';

const outcome = (description: string, markdown: string, html: string) => ({
  description,
  content: {
    'text/markdown': { schema: Type.String(), example: markdown },
    'text/html': { schema: Type.String(), example: html },
  },
});

/** The pages that problems name in `type`: for people in a browser, or as text for the rest. */
export function registerErrorPages(
  app: App,
  options: { catalogues: readonly ErrorCatalogue<string>[]; languages: Languages; publicUrl: string },
): void {
  const addressOf = ({ code }: ErrorPage): string => `${options.publicUrl}/docs/errors/${code}`;
  let made: ReadonlyMap<string, ErrorPage> | undefined;
  // Which operation gives which error is known once every room has added its own.
  const pages = (): ReadonlyMap<string, ErrorPage> => {
    made ??= errorPages(options.catalogues, options.languages.all, operationsByCode(app.swagger()));
    return made;
  };

  app.get(
    '/docs/errors',
    {
      config: { page: true },
      schema: {
        tags: ['documentation'],
        summary: 'Les erreurs / Errors',
        description:
          'Toutes les erreurs, avec leur code et leur page ; en HTML ou en Markdown selon Accept. / All errors, with their code and page; as HTML or Markdown by Accept.',
        response: { 200: outcome('The list', '# Les erreurs / Errors', '<!doctype html>…') },
      },
    },
    async (request, reply) =>
      send(request, reply, {
        html: () => renderHtmlIndex(pages().values(), addressOf),
        markdown: () => renderMarkdownIndex(pages().values(), addressOf),
      }),
  );

  app.get(
    '/docs/errors/:room/:reason',
    {
      config: { page: true },
      schema: {
        tags: ['documentation'],
        summary: 'Une erreur / One error',
        description:
          'Ce que veut dire une erreur et que faire ; « type » en donne l’adresse. / What an error means and what to do; "type" gives its address.',
        params: Type.Object(
          { room: Type.String({ pattern: PART }), reason: Type.String({ pattern: PART }) },
          { additionalProperties: false },
        ),
        response: {
          200: outcome('The page', '# debates/not-found', '<!doctype html>…'),
          404: problemResponse(httpErrors.error('not-found')),
        },
      },
    },
    async (request, reply) => {
      const page = pages().get(`${request.params.room}/${request.params.reason}`);
      if (page === undefined) throw httpErrors.error('not-found');
      return send(request, reply, { html: () => renderHtml(page), markdown: () => renderMarkdown(page) });
    },
  );
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  renderings: { html: () => string; markdown: () => string },
): FastifyReply {
  const { accept = '*/*' } = request.headers;
  // Browsers name HTML; who takes anything reads it in a terminal.
  const type = new Negotiator({ headers: { accept } }).mediaType(['text/markdown', 'text/html']) ?? 'text/markdown';
  return reply
    .header('vary', 'accept')
    .header('cache-control', `public, max-age=${KEPT_SECONDS}`)
    .type(`${type}; charset=utf-8`)
    .send(type === 'text/html' ? renderings.html() : renderings.markdown());
}
