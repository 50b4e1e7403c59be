export { FetchError, type FetchErrorReason } from './fetch-error.ts';
export { createFetcher, type Fetcher, type FetcherOptions, type FetchOptions, type OpenedResponse } from './fetcher.ts';
