export { createSpeech, type ObservedDocuments, type Speech } from './speech.ts';
