// Creates the DynamoDB client. It retries throttling, timeouts and broken connections a bounded number of times.
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { Sha256 } from './sha256.ts';
import { connections } from '../connections.ts';

/** The default of the SDK is 4. With 6 attempts, a request to a fully throttled table fails after about 15 seconds. */
const ATTEMPTS = 6;
/** DynamoDB answers in milliseconds. The largest batch takes some hundred milliseconds. */
const REQUEST_MS = 5_000;

/** Creates a client from AWS_ENDPOINT_URL_DYNAMODB, AWS_REGION and credentials, as the SDK does. `config` has priority. */
export const dynamodbClient = (config: DynamoDBClientConfig = {}, requestMs = REQUEST_MS): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: connections(requestMs),
    // Caches the middleware of each command, which saves a tenth of the time of a put. Later changes have no effect.
    cacheMiddleware: true,
    sha256: Sha256,
    ...config,
  });
