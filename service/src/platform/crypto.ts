import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';

/** One master key: `id` (letters and digits) and 32 bytes. */
export interface MasterKey {
  id: string;
  bytes: Buffer;
}

/**
 * Encrypts small secrets (tokens, carrier passwords) with AES-256-GCM under a fresh data key, which itself is encrypted under the
 * newest master key. Form: `v1.<master key id>.<wrapped data key>.<ciphertext>`, parts in base64url, each with its nonce and tag.
 */
export interface SecretBox {
  /** `context` (for example `connection:<id>`) is authenticated: a value copied to another row does not open. */
  seal(plain: string, context: string): string;
  /** Throws `SecretBoxError` when the key is gone, the context differs, or the value was altered. */
  open(sealed: string, context: string): string;
  /** True when the value should be sealed anew because a newer master key exists. */
  isStale(sealed: string): boolean;
}

export class SecretBoxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretBoxError';
  }
}

/**
 * `keys` come newest first; old ones stay in the list until everything was sealed anew (`ENCRYPTION_KEYS="k2:<base64>,k1:<base64>"`).
 */
export function createSecretBox(keys: MasterKey[]): SecretBox {
  const newest = keys[0];
  if (!newest) throw new SecretBoxError('no encryption key');
  const byId = new Map(keys.map((key) => [key.id, key.bytes]));
  for (const key of keys) if (key.bytes.length !== 32) throw new SecretBoxError(`encryption key ${key.id} is not 32 bytes long`);

  return {
    seal(plain, context) {
      const dataKey = randomBytes(32);
      return ['v1', newest.id, encrypt(newest.bytes, dataKey, context), encrypt(dataKey, Buffer.from(plain, 'utf8'), context)].join('.');
    },
    open(sealed, context) {
      const [version, keyId, wrapped, body] = sealed.split('.');
      const master = keyId === undefined ? undefined : byId.get(keyId);
      if (version !== 'v1' || !wrapped || !body) throw new SecretBoxError('not a sealed value');
      if (!master) throw new SecretBoxError(`encryption key ${keyId} is not configured`);
      return decrypt(decrypt(master, wrapped, context), body, context).toString('utf8');
    },
    isStale: (sealed) => sealed.split('.')[1] !== newest.id,
  };
}

function encrypt(key: Buffer, plain: Buffer, context: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

function decrypt(key: Buffer, packed: string, context: string): Buffer {
  const bytes = Buffer.from(packed, 'base64url');
  if (bytes.length < 28) throw new SecretBoxError('the sealed value is too short');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(12, 28));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
  } catch {
    throw new SecretBoxError('the sealed value was altered or belongs elsewhere');
  }
}

/** Reads `id:base64,id:base64` (newest first). Throws when it is not of this form or an id occurs twice. */
export function parseMasterKeys(text: string): MasterKey[] {
  const keys = text.split(',').map((part) => {
    const [id, encoded] = part.trim().split(':');
    if (!id || !encoded || !/^[A-Za-z0-9]+$/.test(id)) throw new SecretBoxError('ENCRYPTION_KEYS must look like "id:base64,id:base64"');
    return { id, bytes: Buffer.from(encoded, 'base64') };
  });
  // What the first one seals the second one could not open.
  if (new Set(keys.map((key) => key.id)).size < keys.length) throw new SecretBoxError('each key needs an id of its own');
  return keys;
}

/** A random secret for links, keys and states: base64url, 32 bytes unless told otherwise. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 in hex: how random tokens are stored. Not for passwords that people choose. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex');
}
