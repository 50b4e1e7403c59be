export { bearerToken, sameSecret } from './bearer.ts';
export { httpErrors } from './errors.ts';
export { sendNdjson } from './ndjson.ts';
export { cursorOf, decodeCursor, type Page, PageQuery, pageLinks } from './paging.ts';
export { type App, createHttpServer, type HttpServerOptions } from './server.ts';
