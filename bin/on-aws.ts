// One process on DynamoDB and S3: for a desk that wants AWS's durability without Lambda, and for emulators.
import { S3Client, CreateBucketCommand, BucketAlreadyOwnedByYou } from '@aws-sdk/client-s3';
import { dynamodbClient } from '../adapters/dynamodb/client.ts';
import { createTables } from '../adapters/dynamodb/tables.ts';
import { s3Client } from '../adapters/s3/client.ts';
import { openStores, placesIn } from '../functions/stores.ts';
import { runArchive, type ArchiveOptions, type RunningArchive } from './archive.ts';

/** With `create`, tables and buckets that are absent are made: an account's own are made by the stack. */
export async function openOnAws(
  options: ArchiveOptions & { readonly create: boolean },
): Promise<RunningArchive> {
  if (options.create) await createPlaces();
  return runArchive(openStores(process.env), { memoryMs: 2_000, ...options });
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
