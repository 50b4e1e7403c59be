export type { AudioFile, AudioFileState, AudioFormat, AudioOrigin } from './audio-file.ts';
export { vaultErrors } from './errors.ts';
export type { Garbage } from './garbage.ts';
export type { Announced, Inspection, InspectOptions } from './inspect.ts';
export { createLocalStorage } from './local-storage.ts';
export { presentAudioFile } from './present.ts';
export type { RetentionRules } from './retention.ts';
export { createS3Storage } from './s3-storage.ts';
export {
  type DirectAnswer,
  type ObjectHead,
  type ObjectKey,
  type OpenObject,
  objectName,
  objectPath,
  type Storage,
} from './storage.ts';
export { createVault, type Publication, type Vault, type VaultOptions } from './vault.ts';
export type { VerifyOptions, VerifyReport } from './verify.ts';
