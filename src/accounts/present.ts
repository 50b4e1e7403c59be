import type { ApiKey } from './api-keys.ts';
import type { AccountExport } from './holder.ts';
import { ROLE_SCOPES } from './principal.ts';
import type { AccountBody, ApiKeyBody, SignedInBody } from './schemas.ts';
import type { SignedIn } from './sign-in.ts';
import type { Account } from './store.ts';

export function presentAccount(account: Account): AccountBody {
  return {
    id: account.id,
    kind: account.kind,
    email: account.email,
    role: account.role,
    scopes: [...ROLE_SCOPES[account.role]],
    created_at: account.createdAt.toISOString(),
  };
}

export function presentSignedIn(signedIn: SignedIn): SignedInBody {
  return {
    account: presentAccount(signedIn.account),
    access_token: signedIn.accessToken,
    token_type: 'Bearer',
    expires_in_seconds: signedIn.accessTokenSeconds,
    refresh_token: signedIn.refreshToken,
    refresh_token_expires_at: signedIn.refreshTokenExpiresAt.toISOString(),
  };
}

export function presentKey(key: ApiKey): ApiKeyBody {
  return {
    id: key.id,
    name: key.name,
    start: key.start,
    scopes: [...key.scopes],
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
  };
}

export function presentExport(data: AccountExport, now: Date) {
  return {
    ...data.rooms,
    exported_at: now.toISOString(),
    account: presentAccount(data.account),
    sessions: data.sessions.map((session) => ({
      created_at: session.createdAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
    })),
    api_keys: data.keys.map(presentKey),
  };
}
