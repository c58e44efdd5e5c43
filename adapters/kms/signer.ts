// Signs checkpoints with a key in AWS KMS (ECC_NIST_EDWARDS25519). The private key cannot be exported.
import { GetPublicKeyCommand, KMSClient, SignCommand, type KMSClientConfig } from '@aws-sdk/client-kms';
import type { Signer } from '../../domain/ports.ts';
import { connections } from '../connections.ts';

const ATTEMPTS = 6;
const REQUEST_MS = 5_000;

/** Creates a client from AWS_ENDPOINT_URL_KMS, AWS_REGION and credentials, as the SDK does. `config` has priority. */
export const kmsClient = (config: KMSClientConfig = {}): KMSClient =>
  new KMSClient({
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: connections(REQUEST_MS),
    ...config,
  });

/** The bytes that precede the 32 bytes of an Ed25519 key in the format of KMS (SPKI, RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Opens a KMS key by its id, ARN or alias as a signing key of the log. @throws TypeError if it is not an Ed25519 key */
export async function kmsSigner(kms: KMSClient, keyId: string, name: string): Promise<Signer> {
  const { PublicKey: der = new Uint8Array() } = await kms.send(new GetPublicKeyCommand({ KeyId: keyId }));
  const prefix = Buffer.from(der.subarray(0, SPKI.length));
  if (der.length !== SPKI.length + 32 || !prefix.equals(SPKI))
    throw new TypeError(
      `KMS key ${keyId} does not sign with Ed25519: create a key of key spec ECC_NIST_EDWARDS25519`,
    );
  return {
    name,
    publicKey: der.slice(SPKI.length),
    sign: async (message) => {
      const { Signature: signature } = await kms.send(
        new SignCommand({
          KeyId: keyId,
          Message: message,
          // Ed25519 accepts no other type, because it hashes the message itself.
          MessageType: 'RAW',
          SigningAlgorithm: 'ED25519_SHA_512',
        }),
      );
      if (signature?.length !== 64)
        throw new TypeError(
          `KMS key ${keyId} returned ${signature?.length ?? 0} bytes instead of a signature of 64 bytes: check its key spec`,
        );
      return signature;
    },
  };
}
