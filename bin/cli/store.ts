// Which archive this machine works on without HTTP, as the environment names it.
import { resolve } from 'node:path';
import type { Places } from '../archive.ts';
import { openEmbeddedPlaces } from '../embedded.ts';
import { UsageError } from './usage.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** CHANCERY_STORE */
export function storeIn({ CHANCERY_STORE: store = 'embedded' }: Environment): 'embedded' | 'aws' {
  if (store === 'embedded' || store === 'aws') return store;
  throw new UsageError('CHANCERY_STORE is embedded or aws');
}

/** The folder of the embedded archive. */
export const homeIn = ({ CHANCERY_HOME: home = '.chancery' }: Environment): string => resolve(home);

/** The stores of the archive, on which nothing runs. With `create`, tables and buckets that are absent are made. */
export async function openTarget(
  environment: Environment,
  create: boolean,
): Promise<{ readonly places: Places; readonly close: () => void }> {
  if (storeIn(environment) === 'embedded')
    return openEmbeddedPlaces(homeIn(environment), environment['CHANCERY_ORIGIN']);
  // AWS's SDK is loaded only where it is used.
  const { openAwsPlaces } = await import('../on-aws.ts');
  return { places: await openAwsPlaces(create), close: () => {} };
}
