export { type AnswerCache, addVary, createAnswerCache, dependOn } from './answers.ts';
export { bearerToken, sameSecret } from './bearer.ts';
export { invalidListRequest, invalidRequest, type ProblemResponse, problemResponse, textResponse } from './describe.ts';
export { httpErrors } from './errors.ts';
export { sendNdjson } from './ndjson.ts';
export { type CursorKind, cursorOf, decodeCursor, type Page, PageQuery, pageLinks } from './paging.ts';
export type { RequestLimits } from './reception.ts';
export { type App, addShortcut, createHttpServer, type HttpServerOptions } from './server.ts';
export { createSharedAnswers } from './shared-answers.ts';
