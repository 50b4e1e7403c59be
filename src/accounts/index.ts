export { type Accounts, type AccountsOptions, createAccounts } from './accounts.ts';
export { accountsErrors } from './errors.ts';
export type { Guard, Guarded } from './guard.ts';
export { EMAIL_PATTERN, PASSWORD_MAX, PASSWORD_MIN } from './limits.ts';
export type { PersonalData } from './personal-data.ts';
export { allows, type Needs, type Principal, type Role, type Scope } from './principal.ts';
export { registerAccountsRoutes } from './routes.ts';
export { holdAccount } from './store.ts';
