import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { App } from './server.ts';

const require = createRequire(import.meta.url);
/**
 * Swagger UI as Fastify's package brings it: the same files as swagger-ui-dist, without the dependency that reports installations.
 * We hand them out ourselves, so that they are compressed and kept like any answer.
 */
const UI_FOLDER = join(dirname(require.resolve('@fastify/swagger-ui')), 'static');

const PAGE = `<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>RobianAPI – documentation</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/ui/swagger-ui.css">
</head>
<body>
<div id="ui"></div>
<noscript><p>La description complète est dans <a href="/openapi.json">/openapi.json</a>. / The whole description is in <a href="/openapi.json">/openapi.json</a>.</p></noscript>
<script src="/docs/ui/swagger-ui-bundle.js"></script>
<script src="/docs/ui/start.js"></script>
</body>
</html>
`;

/** No validator: that would send the document to another site. */
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
  defaultModelsExpandDepth: 0,
  docExpansion: 'list',
});
`;

const JAVASCRIPT = 'text/javascript; charset=utf-8';
/** It changes with the version of the product only, and an ETag says whether it did. */
const KEPT_SECONDS = 86_400;
const CACHE_CONTROL = 'public, max-age=3600';

/** The documentation in a browser, all of it from here. */
export function registerDocumentation(app: App): void {
  const give = (path: string, type: string, read: () => Promise<string>): void => {
    app.get(
      path,
      { config: { page: true, cache: { tags: () => [], ttlSeconds: KEPT_SECONDS } }, schema: { hide: true } },
      async (_request, reply) => {
        reply.type(type).header('cache-control', CACHE_CONTROL);
        return read();
      },
    );
  };
  const file = (name: string, type: string): void =>
    give(`/docs/ui/${name}`, type, () => readFile(join(UI_FOLDER, name), 'utf8'));
  give('/docs', 'text/html; charset=utf-8', async () => PAGE);
  give('/docs/ui/start.js', JAVASCRIPT, async () => START);
  file('swagger-ui-bundle.js', JAVASCRIPT);
  file('swagger-ui.css', 'text/css; charset=utf-8');
}
