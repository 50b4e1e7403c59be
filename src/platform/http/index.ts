export { type AnswerCache, createAnswerCache, dependOn } from './answers.ts';
export { bearerToken, sameSecret } from './bearer.ts';
<<<<<<< HEAD
export { httpErrors } from './errors.ts';
=======
export type { RequestLimits } from './limited-requests.ts';
>>>>>>> e7adb5e (feat(http): answers kept ready and shared, requests counted, other sites and slow clients kept in bounds)
export { cursorOf, decodeCursor, type Page, PageQuery, pageLinks } from './paging.ts';
export { Problem } from './problem.ts';

export { type App, createHttpServer, type HttpServerOptions } from './server.ts';
export { createSharedAnswers } from './shared-answers.ts';
