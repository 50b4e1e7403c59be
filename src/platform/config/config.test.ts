import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from './config.ts';
import { ConfigError, parseConfig, readOrMakeSecret } from './index.ts';

describe('configuration', () => {
  it('needs nothing: every variable has a default that works on one machine', () => {
    const config = parseConfig({});
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8000, databaseUrl: undefined, ingestEverySeconds: 600 });
    expect([...config.roles]).toEqual(['api', 'worker', 'scheduler']);
    expect(config.publicUrl).toBe('http://127.0.0.1:8000');
  });

  it('is told in full by the example, whose values are the defaults, and by the first page', () => {
    const read = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
    const example = parseEnv(read('.env.example'));
    expect(Object.keys(example).toSorted()).toEqual(Object.keys(SETTINGS).toSorted());
    expect(parseConfig(example)).toEqual(parseConfig({}));
    const told = new Set(read('README.md').match(/`[A-Z_]+`/g));
    expect(Object.keys(SETTINGS).filter((name) => !told.has(`\`${name}\``))).toEqual([]);
  });

  it('names every wrong variable in one go, and what is expected', () => {
    const wrong = {
      PORT: 'http',
      DATABASE_URL: 'mysql://x',
      STORAGE_URL: 's3://key:secret@bucket',
      STORAGE_DELIVERY: 'both',
      ROLES: 'api,boss',
      INGEST_EVERY: '1s',
      INGEST_DAYS: '0',
      DISK_FLOOR: '12',
      DRAIN_SECONDS: '60',
      ADMIN_TOKEN: 'short',
      JWT_SECRET: 'changeme-changeme-changeme-changeme',
      PORTAL_URL: 'ftp://x',
      TRUST_PROXY: '$(id)',
      REDIS_URL: 'http://redis',
      CORS_ORIGINS: 'https://app.example/path',
      SOURCE_HOSTS: 'https://www.lcp.fr',
      RATE_LIMITS: 'maybe',
      CACHE_SIZE: 'big',
      LOG_LEVEL: 'loud',
      ACCEL_REDIRECT: '/api',
    };
    let lines: readonly string[] = [];
    try {
      parseConfig(wrong);
    } catch (error) {
      if (error instanceof ConfigError) lines = error.lines;
    }
    expect(lines.map((line) => line.split(':')[0]).sort()).toEqual(Object.keys(wrong).sort());
    expect(lines.find((line) => line.startsWith('ROLES'))).toContain('api,worker,scheduler');
  });

  it('refuses what is right by itself and wrong together, all of it in one go', () => {
    const together = { BACKUP_AT: '03:30', ACCEL_REDIRECT: '/stored-sound', STORAGE_URL: 's3://bucket?region=eu' };
    expect(() => parseConfig(together)).toThrow(/BACKUP_TO: required.*ACCEL_REDIRECT: not with STORAGE_URL/s);
    expect(() => parseConfig({ ...together, BACKUP_TO: '/backups', STORAGE_URL: '' })).not.toThrow();
  });

  it('reads any setting from the file that NAME_FILE names, as secrets are mounted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'robian-config-'));
    const file = (text: string): string => {
      const path = join(folder, 'secret');
      writeFileSync(path, text);
      return path;
    };
    try {
      expect(parseConfig({ ADMIN_TOKEN_FILE: file('sixteen letters!\n') }).adminToken).toBe('sixteen letters!');
      expect(parseConfig({ ADMIN_TOKEN_FILE: file('') }).adminToken).toBeUndefined();
      expect(parseConfig({ ADMIN_TOKEN_FILE: '' }).adminToken).toBeUndefined();
      const token = 'another, of letters';
      expect(() => parseConfig({ ADMIN_TOKEN: token, ADMIN_TOKEN_FILE: file(token) })).toThrow(
        /ADMIN_TOKEN is set too/,
      );
      expect(() => parseConfig({ JWT_SECRET_FILE: join(folder, 'nowhere') })).toThrow(/^JWT_SECRET_FILE: ENOENT/);
      expect(() => parseConfig({ PORT_FILE: file('http') })).toThrow(/^PORT: expected a port/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['off', null],
    ['30s', 30],
    ['10m', 600],
    ['1h', 3600],
  ])('reads INGEST_EVERY=%s', (text, seconds) => {
    expect(parseConfig({ INGEST_EVERY: text }).ingestEverySeconds).toBe(seconds);
  });

  it.each([
    ['false', false],
    ['true', 'loopback,linklocal,uniquelocal'],
    ['loopback,10.0.0.0/8', 'loopback,10.0.0.0/8'],
  ])('never believes a client about its own address, with TRUST_PROXY=%s', (text, trusted) => {
    expect(parseConfig({ TRUST_PROXY: text }).trustProxy).toBe(trusted);
  });

  it('takes origins with and without a slash at the end', () => {
    expect(parseConfig({ CORS_ORIGINS: 'https://a.example/, http://localhost:3000' }).corsOrigins).toEqual([
      'https://a.example',
      'http://localhost:3000',
    ]);
  });

  it('takes hosts of pages, but neither addresses nor all of a country', () => {
    expect(parseConfig({ SOURCE_HOSTS: 'www.LCP.fr, *.senat.fr,media.example:8443' }).sourceHosts).toEqual([
      'www.lcp.fr',
      '*.senat.fr',
      'media.example:8443',
    ]);
    for (const wrong of ['*', '*.fr', 'lcp.fr/videos', 'http://lcp.fr', 'a b', 'user@lcp.fr']) {
      expect(() => parseConfig({ SOURCE_HOSTS: wrong }), wrong).toThrow('SOURCE_HOSTS');
    }
  });

  it('takes an empty variable for an absent one, and trims slashes off addresses', () => {
    const config = parseConfig({
      DATABASE_URL: '',
      PUBLIC_URL: 'https://robian.example/',
      RETENTION_SIZE: '20GB',
      TRUST_PROXY: '10.0.0.0/8',
    });
    expect(config).toMatchObject({
      databaseUrl: undefined,
      publicUrl: 'https://robian.example',
      retentionBytes: 20e9,
      trustProxy: '10.0.0.0/8',
    });
    expect(parseConfig({}).trustProxy).toBe(false);
    expect(parseConfig({ HOST: '::1' }).publicUrl).toBe('http://[::1]:8000');
  });
});

describe('the secret of an installation', () => {
  it('is made once, for its owner only', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'robian-secret-'));
    const secret = readOrMakeSecret(dataDir);
    expect(secret.length).toBeGreaterThanOrEqual(43);
    expect(readOrMakeSecret(dataDir)).toBe(secret);
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['secret']);
    rmSync(dataDir, { recursive: true });
  });

  it('is taken when it is strong', () => {
    const strong = 'b64kJ8sLq0xV3tYz5wR7mN1pC9dF2gH4';
    expect(parseConfig({ JWT_SECRET: strong }).secret).toBe(strong);
  });
});
