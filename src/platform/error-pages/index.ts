export { type ErrorPage, errorPages, operationsByCode } from './page.ts';
export { renderMarkdown, renderMarkdownIndex } from './render.ts';
export { registerErrorPages } from './routes.ts';
export { errorPageTexts } from './texts.ts';
