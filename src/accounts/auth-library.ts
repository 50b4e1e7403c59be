import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { admin, anonymous, jwt } from 'better-auth/plugins';
import { createAccessControl } from 'better-auth/plugins/access';
import type { Db } from '../platform/database/index.ts';
import type { Logger } from '../platform/telemetry/index.ts';
import {
  ACCESS_TOKEN_SECONDS,
  API_KEY_MAX_DAYS,
  API_KEY_PREFIX,
  PASSWORD_MAX,
  PASSWORD_MIN,
  SESSION_IDLE_SECONDS,
  SIGNING_KEY_SECONDS,
} from './limits.ts';

/**
 * better-auth over our tables, reached by its server calls only: its HTTP handler is not mounted, so there are no cookies,
 * no redirects and no addresses but ours. It gives password hashing (scrypt), sessions, signing keys, keys for machines.
 */
export function createAuthLibrary(options: {
  db: Db;
  secret: string;
  publicUrl: string;
  logger: Logger;
  newId: () => string;
}) {
  // Roles are judged by principal.ts; the library only has to know their names.
  const access = createAccessControl({});
  const role = access.newRole({});
  return betterAuth({
    appName: 'RobianAPI',
    baseURL: options.publicUrl,
    basePath: '/api/auth',
    secret: options.secret,
    // Its transactions are its own: no transaction of ours is open around a call of it, as the embedded pool has one connection.
    database: { db: options.db, type: 'postgres', transaction: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    // What the library cannot do, it throws. What it says besides may quote a listener, so its arguments are left out.
    logger: { log: (level, message) => options.logger.debug({ library: 'better-auth', level }, message) },
    advanced: {
      database: { generateId: () => options.newId() },
      ipAddress: { disableIpTracking: true },
    },
    emailAndPassword: {
      enabled: true,
      // Accounts are made by `createUser`, which hashes the password before it opens a transaction.
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
    },
    user: {
      modelName: 'accounts',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    session: {
      modelName: 'account_sessions',
      expiresIn: SESSION_IDLE_SECONDS,
      fields: {
        userId: 'account_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    account: {
      modelName: 'account_credentials',
      fields: {
        userId: 'account_id',
        accountId: 'external_id',
        providerId: 'provider',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'account_verifications',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    plugins: [
      anonymous({ schema: { user: { fields: { isAnonymous: 'is_device' } } } }),
      admin({
        defaultRole: 'listener',
        adminRoles: ['administrator'],
        roles: { listener: role, operator: role, administrator: role },
        schema: {
          user: { fields: { banReason: 'ban_reason', banExpires: 'ban_expires' } },
          session: { fields: { impersonatedBy: 'impersonated_by' } },
        },
      }),
      jwt({
        disableSettingJwtHeader: true,
        jwt: { issuer: options.publicUrl, audience: options.publicUrl, expirationTime: `${ACCESS_TOKEN_SECONDS}s` },
        jwks: {
          keyPairConfig: { alg: 'EdDSA', crv: 'Ed25519' },
          rotationInterval: SIGNING_KEY_SECONDS,
          // A retired key is still needed for the tokens it signed in its last minute.
          gracePeriod: 2 * ACCESS_TOKEN_SECONDS,
        },
        schema: {
          jwks: {
            modelName: 'signing_keys',
            fields: {
              publicKey: 'public_key',
              privateKey: 'private_key',
              createdAt: 'created_at',
              expiresAt: 'expires_at',
            },
          },
        },
      }),
      apiKey(
        {
          defaultPrefix: API_KEY_PREFIX,
          requireName: true,
          keyExpiration: { defaultExpiresIn: null, minExpiresIn: 1, maxExpiresIn: API_KEY_MAX_DAYS },
          // Requests are limited in one place for all clients, by the platform.
          rateLimit: { enabled: false },
        },
        { schema: API_KEY_SCHEMA },
      ),
    ],
  });
}

export type AuthLibrary = ReturnType<typeof createAuthLibrary>;

const API_KEY_SCHEMA = {
  apikey: {
    modelName: 'api_keys',
    fields: {
      configId: 'config_id',
      referenceId: 'account_id',
      key: 'key_hash',
      rateLimitEnabled: 'rate_limit_enabled',
      rateLimitTimeWindow: 'rate_limit_time_window',
      rateLimitMax: 'rate_limit_max',
      requestCount: 'request_count',
      refillInterval: 'refill_interval',
      refillAmount: 'refill_amount',
      lastRefillAt: 'last_refill_at',
      lastRequest: 'last_request',
      expiresAt: 'expires_at',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
    },
  },
};
