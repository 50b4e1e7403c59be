export { speechErrors } from './errors.ts';
export { openingEndsAtMs } from './opening.ts';
export { registerSpeechRoutes } from './routes.ts';
export { createSpeech, type ObservedDocuments, type Speech } from './speech.ts';
export type { TimedSpeechesView } from './tables.ts';
export { speechTexts } from './texts.ts';
