export type { AudioFile, AudioFileState, AudioFormat, AudioOrigin } from './audio-file.ts';
export type { ObjectHead, ObjectKey, OpenObject, Storage } from './storage.ts';
export type { Announced, Inspection, InspectOptions, Publication, Vault } from './vault.ts';
