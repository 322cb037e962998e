/** SSH keys made here: the person's way in, and the guest's own host key, so that the first connection is verified. */
import ssh2 from 'ssh2';
import { StackboxError } from '../contract/errors';

export interface SshKey {
  /** In OpenSSH's own format, with a newline at the end; OpenSSH refuses a key file without one. */
  readonly privateKey: string;
  /** One line: type, key, comment. */
  readonly publicKey: string;
}

// ssh2 is CommonJS, and Node finds no names in it.
const { utils } = ssh2;

const MOST_TRIES = 20;

/**
 * A new Ed25519 key without a passphrase.
 * @param comment one line for people; anything but letters, digits and `.@_-` becomes a hyphen
 */
export function generateSshKey(comment: string): SshKey {
  const plain = comment.replace(/[^A-Za-z0-9.@_-]+/g, '-');
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const pair = utils.generateKeyPairSync('ed25519', { comment: plain });
    const key = { privateKey: `${pair.private.trimEnd()}\n`, publicKey: pair.public.trim() };
    // ssh2 1.17 writes about one key in 256 damaged ("error in libcrypto" from OpenSSH; measured): read it back.
    if (isSound(key)) return key;
  }
  throw new StackboxError('internal', 'No sound SSH key could be made.');
}

/** Whether the private key can be read and belongs to the public one. */
function isSound({ privateKey, publicKey }: SshKey): boolean {
  const secret = utils.parseKey(privateKey);
  const open = utils.parseKey(publicKey);
  if (secret instanceof Error || open instanceof Error) return false;
  const probe = Buffer.from('stackbox');
  const signature = secret.sign(probe);
  if (!Buffer.isBuffer(signature)) return false;
  // Its types promise a boolean, but it may answer with an Error.
  const verified: unknown = open.verify(probe, signature);
  return verified === true;
}
