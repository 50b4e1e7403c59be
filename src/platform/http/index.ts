export { type AnswerCache, addVary, createAnswerCache, dependOn } from './answers.ts';
export { bearerToken, sameSecret } from './bearer.ts';
export { httpErrors } from './errors.ts';
export { cursorOf, decodeCursor, type Page, PageQuery, pageLinks } from './paging.ts';
export type { RequestLimits } from './reception.ts';
export { type App, createHttpServer, type HttpServerOptions } from './server.ts';
export { createSharedAnswers } from './shared-answers.ts';
