// The log's origin and keys on AWS's stores, as the environment names them: in KMS, or in a file where there is none.
import { kmsClient, kmsSigner } from '../../adapters/kms/signer.ts';
import { openKeyFile } from '../../adapters/node/key-file.ts';
import { identityOf, type LogIdentity } from '../../domain/log/log-identity.ts';
import { settingsIn, SettingsError, type Environment } from '../settings/settings.ts';

/**
 * CHANCERY_KMS_KEYS: ids or ARNs with commas between, of the log CHANCERY_ORIGIN. Else CHANCERY_KEY_FILE, made where
 * it is absent.
 */
export async function openIdentity(environment: Environment): Promise<LogIdentity> {
  const {
    CHANCERY_ORIGIN: origin,
    CHANCERY_KMS_KEYS: named,
    CHANCERY_KEY_FILE: file,
  } = settingsIn(environment);
  const keys = named?.split(',') ?? [];
  if (keys.length === 0) {
    if (file === undefined)
      throw new SettingsError(
        'the log has no key: set CHANCERY_KMS_KEYS, or CHANCERY_KEY_FILE where there is no KMS',
      );
    return identityOf(await openKeyFile(file, origin));
  }
  if (origin === undefined)
    throw new SettingsError(
      'the log has no origin: set CHANCERY_ORIGIN to its URL without scheme, and never change it',
    );
  const kms = kmsClient();
  return identityOf(await Promise.all(keys.map((key) => kmsSigner(kms, key, origin))));
}
