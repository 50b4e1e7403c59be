-- Accounts, in the shape that better-auth 1.7 expects (src/accounts/auth-library.ts maps its names to these); the library
-- compares the two at its first use, and so does a test.
create table accounts (
  id text primary key,
  -- The library wants a name; the product asks nobody for one.
  name text not null,
  -- Lower case. A device account has an address nobody can write to, which is never shown.
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  is_device boolean not null default false,
  role text not null default 'listener' check (role in ('listener', 'operator', 'administrator')),
  banned boolean not null default false,
  ban_reason text,
  ban_expires timestamptz(3),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index accounts_devices on accounts (created_at) where is_device;

-- One row a sign-in, until it is ended: the family of its refresh tokens.
create table account_sessions (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  -- The library's own handle; it never leaves the server, which takes refresh tokens and access tokens only.
  token text not null unique,
  expires_at timestamptz(3) not null,
  -- The library has these columns; listeners' addresses and devices have no place in this database.
  ip_address text check (ip_address = ''),
  user_agent text check (user_agent = ''),
  impersonated_by text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index account_sessions_account on account_sessions (account_id, created_at desc);
create index account_sessions_expiry on account_sessions (expires_at);

-- How an account proves itself: here only e-mail and password (scrypt).
create table account_credentials (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  -- The provider's id of the account and the provider, in the library's words: the account's own id, 'credential'.
  external_id text not null,
  provider text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  password text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (account_id, provider)
);

-- The library's short-lived codes; no feature in use writes any.
create table account_verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index account_verifications_identifier on account_verifications (identifier);

-- Keys that sign access tokens; the private half is encrypted with the installation's secret.
create table signing_keys (
  id text primary key,
  public_key text not null,
  private_key text not null,
  alg text,
  crv text,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3)
);

-- Operators' keys for machines, hashed; most columns are the library's quotas, which are not in use.
create table api_keys (
  id text primary key,
  config_id text not null default 'default',
  account_id text not null references accounts (id) on delete cascade,
  name text,
  start text,
  prefix text,
  key_hash text not null unique,
  permissions text,
  metadata text,
  enabled boolean default true,
  rate_limit_enabled boolean default false,
  rate_limit_time_window bigint,
  rate_limit_max bigint,
  request_count bigint default 0,
  remaining bigint,
  refill_interval bigint,
  refill_amount bigint,
  last_refill_at timestamptz(3),
  last_request timestamptz(3),
  expires_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index api_keys_account on api_keys (account_id, created_at);

-- Every refresh token of a session, the used ones too: one that comes back was copied.
create table refresh_tokens (
  token_sha256 text primary key,
  session_id text not null references account_sessions (id) on delete cascade,
  -- The token it was exchanged for.
  replaces_sha256 text,
  -- The client's Idempotency-Key of the exchange, so that a lost answer can be asked for again.
  attempt_sha256 text,
  created_at timestamptz(3) not null,
  used_at timestamptz(3)
);
create index refresh_tokens_session on refresh_tokens (session_id);
create index refresh_tokens_replaces on refresh_tokens (replaces_sha256);
create index refresh_tokens_used on refresh_tokens (used_at) where used_at is not null;
