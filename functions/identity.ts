// The log's origin and keys on AWS's stores, as the environment names them: in KMS, or in a file where there is none.
import { kmsClient, kmsSigner } from '../adapters/kms/signer.ts';
import { openKeyFile } from '../adapters/node/key-file.ts';
import { identityOf, type LogIdentity } from '../domain/identity.ts';

/**
 * CHANCERY_KMS_KEYS: ids or ARNs with commas between, of the log CHANCERY_ORIGIN. Else CHANCERY_KEY_FILE, made where
 * it is absent.
 */
export async function openIdentity(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LogIdentity> {
  const origin = environment['CHANCERY_ORIGIN'];
  const keys = environment['CHANCERY_KMS_KEYS']?.split(',') ?? [];
  if (keys.length === 0) {
    const file = environment['CHANCERY_KEY_FILE'];
    if (file === undefined)
      throw new Error(
        'the log has no key: set CHANCERY_KMS_KEYS, or CHANCERY_KEY_FILE where there is no KMS',
      );
    return identityOf(await openKeyFile(file, origin));
  }
  if (origin === undefined)
    throw new Error(
      'the log has no origin: set CHANCERY_ORIGIN to its URL without scheme, and never change it',
    );
  const kms = kmsClient();
  return identityOf(await Promise.all(keys.map((key) => kmsSigner(kms, key, origin))));
}
