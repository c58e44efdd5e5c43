// Opens the log's origin and keys on AWS, as the environment names them: in KMS, or in a key file without KMS.
import { kmsClient, kmsSigner } from '../../adapters/kms/signer.ts';
import { openKeyFile } from '../../adapters/node/key-file.ts';
import { identityOf, type LogIdentity } from '../../domain/log/log-identity.ts';
import { settingsIn, SettingsError, type Environment } from '../settings/settings.ts';

/**
 * Opens the keys that CHANCERY_KMS_KEYS lists, for the log CHANCERY_ORIGIN. Without them it opens CHANCERY_KEY_FILE, and
 * creates that file if it is absent.
 *
 * @throws SettingsError if the log has no key or no origin
 */
export async function openIdentity(environment: Environment): Promise<LogIdentity> {
  const {
    CHANCERY_ORIGIN: origin,
    CHANCERY_KMS_KEYS: kmsKeys,
    CHANCERY_KEY_FILE: file,
  } = settingsIn(environment);
  const keys = kmsKeys?.split(',') ?? [];
  if (keys.length === 0) {
    if (file === undefined)
      throw new SettingsError(
        'the log has no key: set CHANCERY_KMS_KEYS, or CHANCERY_KEY_FILE if there is no KMS',
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
