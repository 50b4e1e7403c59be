import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** 256 bits: as strong as the HMAC-SHA-256 and EdDSA keys that are made of it. */
const SECRET_BYTES = 32;

/**
 * The secret of this installation, made at the first start and kept in the data folder, readable by its owner only.
 * Several processes may start at once on one folder: all get the same one.
 */
export function readOrMakeSecret(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'secret');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    const made = `${path}.${process.pid}`;
    writeFileSync(made, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600 });
    try {
      // A link appears whole or not at all, and never over another one.
      linkSync(made, path);
    } catch {
      // Another process was first; its secret is the one.
    } finally {
      rmSync(made, { force: true });
    }
    return readFileSync(path, 'utf8').trim();
  }
}
