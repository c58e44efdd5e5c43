// Runs an archive in one process on DynamoDB and S3, without Lambda. Emulators are served this way, too.
import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import {
  type S3Client,
  CreateBucketCommand,
  BucketAlreadyOwnedByYou,
  NoSuchBucket,
} from '@aws-sdk/client-s3';
import { dynamodbClient } from '../../adapters/dynamodb/dynamodb-client.ts';
import { createTables } from '../../adapters/dynamodb/tables.ts';
import { makeFolder } from '../../adapters/files/folder.ts';
import { s3Client } from '../../adapters/s3/s3-client.ts';
import { join } from 'node:path';
import { openIdentity } from '../../functions/runtime/open-identity.ts';
import { REMOVAL_DELAY_MS } from '../../functions/settings/retention.ts';
import { settingsIn } from '../../functions/settings/settings.ts';
import { openStores, storeNamesIn } from '../../functions/runtime/open-stores.ts';
import { runArchive, type ArchiveOptions, type OpenedStores, type RunningArchive } from './run-archive.ts';
import { UsageError } from '../usage-error.ts';
import { isLoopback } from '../../functions/settings/loopback.ts';

export async function openOnAws({
  create,
  ...options
}: ArchiveOptions & { readonly create: boolean }): Promise<RunningArchive> {
  const stores = await openArchiveOnAws(create);
  try {
    return await runArchive(stores, { memoryMs: 2_000, removalDelayMs: REMOVAL_DELAY_MS, ...options });
  } catch (error) {
    if (error instanceof ResourceNotFoundException || error instanceof NoSuchBucket) throw absent();
    throw error;
  }
}

/** Opens the tables and buckets. `create`, or an emulator on this machine, creates absent ones; else the stack must. */
export async function openArchiveOnAws(create: boolean): Promise<OpenedStores> {
  const [tables, buckets] = [endpointOf('DYNAMODB'), endpointOf('S3')];
  if (buckets === undefined) rejectUnnamedBuckets();
  if (create || isHere(tables)) await createTables(dynamodbClient(), storeNamesIn(process.env));
  if (create || isHere(buckets)) await createBuckets();
  const { CHANCERY_KEY_FILE = await keyFile() } = settingsIn(process.env);
  const identity = await openIdentity({ ...process.env, CHANCERY_KEY_FILE });
  return { ...openStores(process.env), identity };
}

/** Returns the endpoint that the SDK uses, or undefined for AWS itself. An empty variable counts as unset. */
const endpointOf = (service: string): string | undefined =>
  process.env[`AWS_ENDPOINT_URL_${service}`] || process.env['AWS_ENDPOINT_URL'] || undefined;

const isHere = (endpoint: string | undefined): boolean =>
  endpoint !== undefined && isLoopback(new URL(endpoint).hostname);

/** Refuses default bucket names: bucket names are global, so the default would belong to another account. */
function rejectUnnamedBuckets(): void {
  const unnamed = ['CHANCERY_ARTICLES_BUCKET', 'CHANCERY_LOG_BUCKET'].filter((name) => !process.env[name]);
  if (unnamed.length > 0)
    throw new UsageError(
      `set ${unnamed.join(' and ')}: the buckets that the stack's outputs name (docs/deploying.md), or an emulator with AWS_ENDPOINT_URL_S3`,
    );
}

function absent(): UsageError {
  const { events, state, catalog, articles, log } = storeNamesIn(process.env);
  return new UsageError(
    `at least one of the tables ${events}, ${state}, ${catalog} and the buckets ${articles}, ${log} does not exist. Check the region, deploy the stack (docs/deploying.md), or create them: npm start -- --create`,
  );
}

/** Returns the path of the key file for an archive without a key in KMS, such as one on emulators. */
async function keyFile(): Promise<string> {
  const { CHANCERY_HOME: home } = settingsIn(process.env);
  await makeFolder(home);
  return join(home, 'log.key');
}

async function createBuckets(): Promise<void> {
  const { articles, log } = storeNamesIn(process.env);
  const s3 = s3Client();
  await Promise.all([createBucket(s3, articles), createBucket(s3, log)]);
}

async function createBucket(s3: S3Client, bucket: string): Promise<void> {
  try {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}
