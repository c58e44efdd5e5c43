// The S3 client that this archive wants: as DynamoDB's, and with the bucket in the path where an endpoint is named,
// since no emulator has a host name for each bucket.
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { connections } from '../connections.ts';

/** The SDK's own number is 3. */
const ATTEMPTS = 6;
/** S3 may take seconds for the first byte; objects of the archive have a few megabytes at most. */
const REQUEST_MS = 15_000;

/** Reads AWS_ENDPOINT_URL_S3, AWS_REGION and credentials as every SDK does; `config` goes before them. */
export const s3Client = (config: S3ClientConfig = {}, requestMs = REQUEST_MS): S3Client =>
  new S3Client({
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: connections(requestMs),
    forcePathStyle: config.endpoint !== undefined || namesEndpoint(process.env),
    ...config,
  });

const namesEndpoint = (variables: NodeJS.ProcessEnv): boolean =>
  Boolean(variables['AWS_ENDPOINT_URL_S3'] || variables['AWS_ENDPOINT_URL']);
