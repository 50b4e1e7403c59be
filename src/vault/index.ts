export type { AudioFile, AudioFileState, AudioFormat, AudioOrigin } from './audio-file.ts';
export type { Announced, Inspection, InspectOptions } from './inspect.ts';
export type { ObjectHead, ObjectKey, OpenObject, Storage } from './storage.ts';
export type { Publication, Vault } from './vault.ts';
