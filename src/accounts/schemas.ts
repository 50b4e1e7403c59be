import { type Static, type TSchema, Type } from 'typebox';
import { API_KEY_MAX_DAYS, API_KEYS_MAX, EMAIL_MAX, EMAIL_PATTERN, PASSWORD_MAX, PASSWORD_MIN } from './limits.ts';
import { ROLES, SCOPES } from './principal.ts';

const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const OneOf = <const Values extends readonly string[]>(values: Values, description: string) =>
  Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], description });
const Instant = (description: string) => Type.String({ format: 'date-time', description });
const closed = { additionalProperties: false };

const ACCOUNT_EXAMPLE = {
  id: '0d6a3f0e-3d3c-4c1e-9b0a-51f8f1c8e7a2',
  kind: 'password' as const,
  email: 'camille@example.org',
  role: 'listener' as const,
  scopes: ['account' as const, 'library' as const],
  created_at: '2026-11-02T09:15:00.000Z',
};

export const AccountSchema = Type.Object(
  {
    id: Type.String(),
    kind: OneOf(['device', 'password'], 'device: made in one call, known by its tokens only'),
    email: Nullable(Type.String()),
    role: OneOf(ROLES, 'Each includes the ones before it'),
    scopes: Type.Array(OneOf(SCOPES, 'What its tokens allow')),
    created_at: Instant('When it was made'),
  },
  { $id: 'Account', examples: [ACCOUNT_EXAMPLE] },
);
export type AccountBody = Static<typeof AccountSchema>;

export const SignedInSchema = Type.Object(
  {
    account: Type.Ref('Account'),
    access_token: Type.String({ description: 'JWT, for Authorization: Bearer' }),
    token_type: Type.Literal('Bearer'),
    expires_in_seconds: Type.Integer({ description: 'Life of the access token' }),
    refresh_token: Type.String({ description: 'For POST /api/auth/refresh, once' }),
    refresh_token_expires_at: Instant('Moves on with each refresh'),
  },
  {
    $id: 'SignedIn',
    examples: [
      {
        account: { ...ACCOUNT_EXAMPLE, kind: 'device', email: null },
        access_token: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwZDZhM2YwZSJ9.c2lnbmF0dXJl',
        token_type: 'Bearer',
        expires_in_seconds: 600,
        refresh_token: 'Jf0lO0mZ1m5cZr8mHn1nS0JpV2w3x4y5z6A7B8C9D0E',
        refresh_token_expires_at: '2027-12-07T09:15:00.000Z',
      },
    ],
  },
);
export type SignedInBody = Static<typeof SignedInSchema>;

const Email = Type.String({
  format: 'email',
  pattern: EMAIL_PATTERN,
  maxLength: EMAIL_MAX,
  examples: ['camille@example.org'],
});
/** What is presented: a password that is too short for a new one is simply a wrong one. */
const KnownPassword = Type.String({ minLength: 1, maxLength: PASSWORD_MAX });
const NewPassword = Type.String({
  minLength: PASSWORD_MIN,
  maxLength: PASSWORD_MAX,
  examples: ['deux chaises et un perchoir'],
});

export const NewCredentials = Type.Object({ email: Email, password: NewPassword }, closed);
export const KnownCredentials = Type.Object({ email: Email, password: KnownPassword }, closed);
export const PasswordChange = Type.Object({ current_password: KnownPassword, new_password: NewPassword }, closed);
/** Ours have 43 characters; a longer text is not one and need not be looked up. */
export const RefreshRequest = Type.Object({ refresh_token: Type.String({ minLength: 1, maxLength: 128 }) }, closed);
export const RefreshHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 8,
      maxLength: 128,
      description: 'A random name of this attempt: asking again with it, when the answer was lost, is not a reuse',
    }),
  ),
});

export const Jwks = Type.Object(
  { keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) },
  {
    examples: [
      {
        keys: [
          { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid: 'k1', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
        ],
      },
    ],
  },
);

const KEY_EXAMPLE = {
  id: 'b2b8a1f4-95a5-4a4e-8f0d-6b7c1c1a2d3e',
  name: 'Prometheus',
  start: 'robian',
  scopes: ['metrics:read'],
  created_at: '2026-11-02T09:15:00.000Z',
  expires_at: null,
};
const keyFields = {
  id: Type.String(),
  name: Type.String(),
  start: Type.String({ description: 'Its first characters' }),
  scopes: Type.Array(Type.String()),
  created_at: Instant('When it was made'),
  expires_at: Nullable(Instant('When it stops')),
};
export const ApiKeySchema = Type.Object(keyFields, { $id: 'ApiKey', examples: [KEY_EXAMPLE] });
export type ApiKeyBody = Static<typeof ApiKeySchema>;
export const NewApiKeySchema = Type.Object(
  { ...keyFields, key: Type.String({ description: 'Shown here and never again' }) },
  { $id: 'NewApiKey', examples: [{ ...KEY_EXAMPLE, key: 'robian_JfOlOmZmcZrmHnnSJpVwxyzABCDE' }] },
);
export const ApiKeyList = Type.Array(Type.Ref('ApiKey'), { maxItems: API_KEYS_MAX });
export const ApiKeyRequest = Type.Object(
  {
    // The library refuses longer ones.
    name: Type.String({ minLength: 1, maxLength: 32, pattern: '^[^\\u0000-\\u001f]+$', examples: ['Prometheus'] }),
    scopes: Type.Array(OneOf(SCOPES, 'At most those of your role, without account'), {
      minItems: 1,
      maxItems: SCOPES.length,
      uniqueItems: true,
    }),
    expires_in_days: Type.Optional(
      Type.Integer({ minimum: 1, maximum: API_KEY_MAX_DAYS, description: 'Absent: until it is removed' }),
    ),
  },
  closed,
);
export const KeyId = Type.Object(
  { key_id: Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\w-]+$' }) },
  closed,
);

export const ExportSchema = Type.Object(
  {
    exported_at: Instant('When'),
    account: Type.Ref('Account'),
    sessions: Type.Array(
      Type.Object({ created_at: Instant('Sign-in'), expires_at: Instant('End, unless used again') }),
    ),
    api_keys: Type.Array(Type.Ref('ApiKey')),
  },
  {
    description: 'One member more for each room that keeps something of you',
    additionalProperties: true,
    examples: [
      {
        exported_at: '2026-11-22T20:04:06.001Z',
        account: ACCOUNT_EXAMPLE,
        sessions: [{ created_at: '2026-11-02T09:15:00.000Z', expires_at: '2027-12-07T09:15:00.000Z' }],
        api_keys: [],
        library: { favorites: [], collections: [], positions: [], position_history: [] },
        extractions: [{ debate_id: '19502241_6ac548b948b27', asked_at: '2026-11-02T09:20:00.000Z' }],
      },
    ],
  },
);
