// One process on DynamoDB and S3: for a desk that wants AWS's durability without Lambda, and for emulators.
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
import { LATE_MS } from '../../functions/settings/retention.ts';
import { settingsIn } from '../../functions/settings/settings.ts';
import { openStores, storeNamesIn } from '../../functions/runtime/open-stores.ts';
import { runArchive, type ArchiveOptions, type OpenedStores, type RunningArchive } from './run-archive.ts';
import { UsageError } from '../usage-error.ts';
import { isLoopback } from '../../functions/settings/loopback.ts';

export async function openOnAws({
  create,
  ...options
}: ArchiveOptions & { readonly create: boolean }): Promise<RunningArchive> {
  const places = await openArchiveOnAws(create);
  try {
    return await runArchive(places, { memoryMs: 2_000, lateMs: LATE_MS, ...options });
  } catch (error) {
    if (error instanceof ResourceNotFoundException || error instanceof NoSuchBucket) throw absent();
    throw error;
  }
}

/** What is absent is made with `create`, and by an emulator of this machine: an account's own are made by the stack. */
export async function openArchiveOnAws(create: boolean): Promise<OpenedStores> {
  const [tables, buckets] = [endpointOf('DYNAMODB'), endpointOf('S3')];
  if (buckets === undefined) rejectUnnamedBuckets();
  if (create || isHere(tables)) await createTables(dynamodbClient(), storeNamesIn(process.env));
  if (create || isHere(buckets)) await createBuckets();
  const { CHANCERY_KEY_FILE = await keyFile() } = settingsIn(process.env);
  const identity = await openIdentity({ ...process.env, CHANCERY_KEY_FILE });
  return { ...openStores(process.env), identity };
}

/** As the SDK finds it, to which an empty variable counts as unset; undefined for AWS itself. */
const endpointOf = (service: string): string | undefined =>
  process.env[`AWS_ENDPOINT_URL_${service}`] || process.env['AWS_ENDPOINT_URL'] || undefined;

const isHere = (endpoint: string | undefined): boolean =>
  endpoint !== undefined && isLoopback(new URL(endpoint).hostname);

/** Tables are an account's own, but a bucket's name is the whole world's: one by default would be somebody else's. */
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
    `not all of tables ${events}, ${state}, ${catalog} and buckets ${articles}, ${log} are there: look at the region, deploy the stack (docs/deploying.md), or make them with: npm start -- --create`,
  );
}

/** Where the key lies that no variable names: for emulators, and until there is one in KMS. */
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
