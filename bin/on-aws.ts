// One process on DynamoDB and S3: for a desk that wants AWS's durability without Lambda, and for emulators.
import { S3Client, CreateBucketCommand, BucketAlreadyOwnedByYou } from '@aws-sdk/client-s3';
import { dynamodbClient } from '../adapters/dynamodb/client.ts';
import { createTables } from '../adapters/dynamodb/tables.ts';
import { makeFolder } from '../adapters/files/folder.ts';
import { s3Client } from '../adapters/s3/client.ts';
import { join } from 'node:path';
import { openIdentity } from '../functions/identity.ts';
import { openStores, placesIn } from '../functions/stores.ts';
import { runArchive, type ArchiveOptions, type Places, type RunningArchive } from './archive.ts';

export async function openOnAws({
  create,
  ...options
}: ArchiveOptions & { readonly create: boolean }): Promise<RunningArchive> {
  return runArchive(await openAwsPlaces(create), { memoryMs: 2_000, ...options });
}

/** With `create`, tables and buckets that are absent are made: an account's own are made by the stack. */
export async function openAwsPlaces(create: boolean): Promise<Places> {
  if (create) await createPlaces();
  const identity = await openIdentity({ CHANCERY_KEY_FILE: await keyFile(), ...process.env });
  return { ...openStores(process.env), identity };
}

/** Where the key lies that no variable names: for emulators, and until there is one in KMS. */
async function keyFile(): Promise<string> {
  const home = process.env['CHANCERY_HOME'] ?? '.chancery';
  await makeFolder(home);
  return join(home, 'log.key');
}

async function createPlaces(): Promise<void> {
  const places = placesIn(process.env);
  await createTables(dynamodbClient(), places);
  const s3 = s3Client();
  await Promise.all([createBucket(s3, places.articles), createBucket(s3, places.log)]);
}

async function createBucket(s3: S3Client, bucket: string): Promise<void> {
  try {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}
