// Which archive this machine works on without HTTP, as the environment names it.
import { resolve } from 'node:path';
import { settingsIn, type Environment } from '../../../functions/settings/settings.ts';
import type { OpenedStores } from '../../server/run-archive.ts';
import { openEmbeddedArchive } from '../../server/embedded.ts';

/** The folder of the embedded archive. */
export const homeIn = (environment: Environment): string => resolve(settingsIn(environment).CHANCERY_HOME);

/** The stores of the archive, on which nothing runs. With `create`, tables and buckets that are absent are made. */
export async function openTarget(
  environment: Environment,
  create: boolean,
): Promise<{ readonly places: OpenedStores; readonly close: () => void }> {
  const { CHANCERY_STORE: store, CHANCERY_ORIGIN: origin } = settingsIn(environment);
  if (store === 'embedded') return openEmbeddedArchive(homeIn(environment), origin);
  // AWS's SDK is loaded only where it is used.
  const { openArchiveOnAws: openAwsPlaces } = await import('../../server/on-aws.ts');
  return { places: await openAwsPlaces(create), close: () => {} };
}
