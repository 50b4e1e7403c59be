export { bearerToken, sameSecret } from './bearer.ts';
export { type CursorKind, cursorOf, decodeCursor, type Page, PageQuery, pageLinks } from './paging.ts';
export { invalidRequest, refusal } from './refusal.ts';
export { type App, createHttpServer, type HttpServerOptions } from './server.ts';
