// A key of the log that lies in AWS KMS (ECC_NIST_EDWARDS25519): it signs there, and nobody can take it out.
import { GetPublicKeyCommand, KMSClient, SignCommand, type KMSClientConfig } from '@aws-sdk/client-kms';
import type { Signer } from '../../domain/ports.ts';
import { connections } from '../connections.ts';

const ATTEMPTS = 6;
const REQUEST_MS = 5_000;

/** Reads AWS_ENDPOINT_URL_KMS, AWS_REGION and credentials as every SDK does; `config` goes before them. */
export const kmsClient = (config: KMSClientConfig = {}): KMSClient =>
  new KMSClient({
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: connections(REQUEST_MS),
    ...config,
  });

/** What stands before the 32 bytes of an Ed25519 key in the form in which KMS gives it (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Opens the key of this id, ARN or alias as one of the log's keys. Throws TypeError where it is of another kind. */
export async function kmsSigner(kms: KMSClient, keyId: string, name: string): Promise<Signer> {
  const { PublicKey: der = new Uint8Array() } = await kms.send(new GetPublicKeyCommand({ KeyId: keyId }));
  const prefix = Buffer.from(der.subarray(0, SPKI.length));
  if (der.length !== SPKI.length + 32 || !prefix.equals(SPKI))
    throw new TypeError(
      `KMS key ${keyId} does not sign with Ed25519: make one of key spec ECC_NIST_EDWARDS25519`,
    );
  return {
    name,
    publicKey: der.slice(SPKI.length),
    sign: async (message) => {
      const { Signature: signature } = await kms.send(
        new SignCommand({
          KeyId: keyId,
          Message: message,
          // The only type that this algorithm takes: Ed25519 hashes the message itself.
          MessageType: 'RAW',
          SigningAlgorithm: 'ED25519_SHA_512',
        }),
      );
      if (signature?.length !== 64)
        throw new TypeError(
          `KMS key ${keyId} gave ${signature?.length ?? 0} bytes instead of a signature of 64`,
        );
      return signature;
    },
  };
}
