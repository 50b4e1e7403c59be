import { accountsErrors } from '../accounts/index.ts';
import type { App } from '../platform/http/index.ts';
import { registerCollectionEntryRoutes } from './collection-entry-routes.ts';
import { registerCollectionRoutes } from './collection-routes.ts';
import { registerFavoriteRoutes } from './favorite-routes.ts';
import type { LibraryRoutes, LibraryRoutesOptions } from './own-operation.ts';
import { registerPositionRoutes } from './position-routes.ts';
import {
  CollectionSchema,
  CollectionWithDebates,
  EntrySchema,
  FavoriteSchema,
  PositionSchema,
  PositionWithHistory,
  SharedCollection,
} from './schemas.ts';

export function registerLibraryRoutes(app: App, options: LibraryRoutesOptions): void {
  const { accounts } = options;
  const schemas = [
    FavoriteSchema,
    EntrySchema,
    CollectionSchema,
    CollectionWithDebates,
    SharedCollection,
    PositionSchema,
    PositionWithHistory,
  ];
  for (const schema of schemas) app.addSchema(schema);
  const routes: LibraryRoutes = {
    ...options,
    onRequest: accounts.onRequest({ scope: 'library' }),
    listener: async (request) => {
      const { accountId } = await accounts.require(request, { scope: 'library' });
      if (accountId === null) throw accountsErrors.error('forbidden');
      return accountId;
    },
  };
  registerFavoriteRoutes(app, routes);
  registerCollectionRoutes(app, routes);
  registerCollectionEntryRoutes(app, routes);
  registerPositionRoutes(app, routes);
}
