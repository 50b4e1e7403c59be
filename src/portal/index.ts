export { createPortalAddresses, type PortalAddresses } from './addresses.ts';
export { createPortal, type Portal, type Seen } from './client.ts';
export { portalErrors } from './errors.ts';
export type { Provenance } from './fetch-document.ts';
export type { Chapter, DataNvs } from './parse-data-nvs.ts';
export type { Diffusion, Editorial } from './parse-editorial.ts';
export type { LiveList } from './parse-live-list.ts';
