import { type Accounts, accountsErrors, type Guarded } from '../accounts/index.ts';
import type { Debates } from '../debates/index.ts';
import { problemResponse } from '../platform/http/index.ts';
import type { Library } from './library.ts';

export interface LibraryRoutesOptions {
  library: Library;
  accounts: Pick<Accounts, 'require' | 'onRequest'>;
  debates: Debates;
  publicUrl: string;
}

/** What every operation on a listener's own is given. */
export interface LibraryRoutes extends LibraryRoutesOptions {
  /** Before what was asked is looked at: 401, or 403 for a token that opens no library. */
  onRequest: (request: Guarded) => Promise<void>;
  /** Whose library it is. */
  listener(request: Guarded): Promise<string>;
}

/** How its document says who may, and who may not. */
export const ownOperation = {
  config: { scope: 'library' },
  security: [{ account: [] }],
  refusals: {
    401: problemResponse(accountsErrors.error('sign-in-required'), accountsErrors.error('invalid-token')),
    403: problemResponse(accountsErrors.error('forbidden')),
  },
};
