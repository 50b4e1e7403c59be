import { readFile } from 'node:fs/promises';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { BackupRefused } from './errors.ts';

/**
 * Keys of age (https://age-encryption.org/v1), as `age-keygen` writes them: lines `age1…` can only encrypt, lines
 * `AGE-SECRET-KEY-1…` decrypt too. A server that has only the first cannot read its own backups, nor can who breaks into it.
 */
export interface BackupKeys {
  recipients: string[];
  identities: string[];
}

/** @throws BackupRefused when the file holds no key, or something that is none */
export async function readKeyFile(path: string): Promise<BackupKeys> {
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const identities = keys.filter((key) => key.startsWith('AGE-SECRET-KEY-'));
  const others = keys.filter((key) => !identities.includes(key));
  if (keys.length === 0) throw new BackupRefused(`${path} holds no key`);
  try {
    const recipients = [...new Set([...others, ...(await Promise.all(identities.map(identityToRecipient)))])];
    const trial = new Encrypter();
    for (const recipient of recipients) trial.addRecipient(recipient);
    return { recipients, identities };
  } catch {
    throw new BackupRefused(`${path} holds something that is neither an age1… nor an AGE-SECRET-KEY-1… key`);
  }
}

/** A new key, in the form of a key file. */
export async function makeKeyFile(now: Date): Promise<{ recipient: string; text: string }> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  return { recipient, text: `# created: ${now.toISOString()}\n# public key: ${recipient}\n${identity}\n` };
}
