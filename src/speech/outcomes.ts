import { debatesErrors } from '../debates/index.ts';
import { httpErrors, problemResponse } from '../platform/http/index.ts';
import { speechErrors } from './errors.ts';

/** What operations of this room answer when they refuse, as their document says it. */
const ID = { params: { id: '19502241_6ac548b948b27' } };
export const noSuchDebate = problemResponse(debatesErrors.error('not-found', ID));
export const nothingPublished = problemResponse(
  debatesErrors.error('not-found', ID),
  speechErrors.error('no-transcript', ID),
);
export const noSuchPerson = problemResponse(speechErrors.error('unknown-speaker', { params: { id: 'PA9900001' } }));
export const invalidSearch = problemResponse(
  httpErrors.error('invalid-request', { fields: [{ field: 'query.q', message: 'obligatoire' }] }),
  httpErrors.error('invalid-cursor'),
  speechErrors.error('dates-reversed'),
  speechErrors.error('groups-by-cursor'),
);
export const searchesBusy = problemResponse(speechErrors.error('searches-busy', { retryAfterSeconds: 2 }));
