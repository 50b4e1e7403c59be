/** What an account may be; each includes the ones before it. */
export const ROLES = ['listener', 'operator', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** What a request may be allowed to do, by name, so that a key can be given one and not the rest. */
export const SCOPES = [
  'account',
  'library',
  'extraction:manage',
  'health:details',
  'metrics:read',
  'debates:write',
] as const;
export type Scope = (typeof SCOPES)[number];

const OPERATOR_SCOPES: readonly Scope[] = ['extraction:manage', 'health:details', 'metrics:read'];

export const ROLE_SCOPES: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  listener: new Set<Scope>(['account', 'library']),
  operator: new Set<Scope>(['account', 'library', ...OPERATOR_SCOPES]),
  administrator: new Set<Scope>(['account', 'library', ...OPERATOR_SCOPES, 'debates:write']),
};

/** Who makes a request. */
export interface Principal {
  via: 'session' | 'api-key' | 'admin-token';
  /** Null for the operator's static token, which belongs to no account. */
  accountId: string | null;
  /** The sign-in behind an access token; null for the other two. */
  sessionId: string | null;
  role: Role;
  scopes: ReadonlySet<Scope>;
}

/** What an operation asks for; with neither, any valid token will do. */
export interface Needs {
  role?: Role;
  scope?: Scope;
}

/**
 * Whether a principal may do what needs this. A key holds scopes, not its owner's role: an operation that names a role only
 * is not for keys.
 */
export function allows(principal: Principal, needs: Needs): boolean {
  if (needs.role !== undefined) {
    if (principal.via === 'api-key' && needs.scope === undefined) return false;
    if (ROLES.indexOf(principal.role) < ROLES.indexOf(needs.role)) return false;
  }
  return needs.scope === undefined || principal.scopes.has(needs.scope);
}

/** What a key may do: what it was given, as long as its owner's role still has it. */
export function keyScopes(given: readonly string[], owner: Role): ReadonlySet<Scope> {
  return new Set([...ROLE_SCOPES[owner]].filter((scope) => given.includes(scope)));
}

/** A key is for machines: it never changes the account, nor makes other keys. */
export function grantable(role: Role): readonly Scope[] {
  return [...ROLE_SCOPES[role]].filter((scope) => scope !== 'account');
}
