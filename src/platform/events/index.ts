export { createEvents, type EventRecord, type Events, type NewEvent } from './events.ts';
