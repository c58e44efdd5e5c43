// Creates the S3 client. With a custom endpoint it puts the bucket into the path, because emulators have no host name
// for each bucket.
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { connections } from '../connections.ts';

/** The default of the SDK is 3. */
const ATTEMPTS = 6;
/** S3 may take seconds for the first byte. Objects of the archive have at most a few megabytes. */
const REQUEST_MS = 15_000;

/** Creates a client from AWS_ENDPOINT_URL_S3, AWS_REGION and credentials, as the SDK does. `config` has priority. */
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
