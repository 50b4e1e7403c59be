export { libraryErrors } from './errors.ts';
export { createLibrary, type Library } from './library.ts';
export type { LibraryRoutesOptions } from './own-operation.ts';
export type { HeardReport } from './positions.ts';
export { registerLibraryRoutes } from './routes.ts';
