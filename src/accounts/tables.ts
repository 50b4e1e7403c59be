import type { Generated } from 'kysely';
import type { Role } from './principal.ts';

/** The columns that this room reads and writes itself; the rest of migrations/0006-accounts.sql is the library's. */
export type AccountsTables = {
  accounts: {
    id: string;
    email: string;
    is_device: boolean;
    role: Role;
    banned: boolean;
    ban_expires: Date | null;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  account_sessions: {
    id: string;
    account_id: string;
    token: string;
    expires_at: Date;
    created_at: Generated<Date>;
  };
  account_credentials: {
    id: string;
    account_id: string;
    external_id: string;
    provider: string;
    password: string | null;
    updated_at: Generated<Date>;
  };
  api_keys: {
    id: string;
    account_id: string;
    name: string | null;
    start: string | null;
    permissions: string | null;
    expires_at: Date | null;
    created_at: Date;
  };
  refresh_tokens: {
    token_sha256: string;
    session_id: string;
    replaces_sha256: string | null;
    attempt_sha256: string | null;
    created_at: Date;
    used_at: Date | null;
  };
};
