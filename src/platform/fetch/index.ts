export { type Contacts, createContacts } from './contacts.ts';
export { FetchError, type FetchErrorReason } from './fetch-error.ts';
export {
  asFetchError,
  type Contact,
  createFetcher,
  type Fetcher,
  type FetcherOptions,
  type FetchOptions,
  type OpenedResponse,
} from './fetcher.ts';
export { createHostRule, createPageGate, type HostRule, type PageGate, type ResolveHost } from './host-rule.ts';
export { openPageProxy, type PageProxy } from './page-proxy.ts';
