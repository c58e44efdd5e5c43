// Opens the stores that the environment names, for commands that do not use HTTP.
import { resolve } from 'node:path';
import { settingsIn, type Environment } from '../../../functions/settings/settings.ts';
import type { OpenedStores } from '../../server/run-archive.ts';
import { openEmbeddedArchive } from '../../server/embedded.ts';

/** Returns the folder of the embedded archive. */
export const homeIn = (environment: Environment): string => resolve(settingsIn(environment).CHANCERY_HOME);

/** Opens the stores without starting an archive on them. If `create` is true, missing tables and buckets are created on AWS. */
export async function openStoresIn(
  environment: Environment,
  create: boolean,
): Promise<{ readonly stores: OpenedStores; readonly close: () => void }> {
  const { CHANCERY_STORE: store, CHANCERY_ORIGIN: origin } = settingsIn(environment);
  if (store === 'embedded') return openEmbeddedArchive(homeIn(environment), origin);
  // Loads the AWS SDK only if it is used.
  const { openArchiveOnAws } = await import('../../server/on-aws.ts');
  return { stores: await openArchiveOnAws(create), close: () => {} };
}
