export { type Config, ConfigError, parseConfig, type Role } from './config.ts';
export { readOrMakeSecret } from './secret.ts';
