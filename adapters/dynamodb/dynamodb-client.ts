// The DynamoDB client that this archive wants: throttling, time-outs and cut connections are tried again, at random
// intervals that grow, a bounded number of times; where and as whom it connects, the SDK's standard variables say.
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { Sha256 } from './sha256.ts';
import { connections } from '../connections.ts';

/** The SDK's own number is 4. With 6, a table that throttles everything is given up after about 15 seconds. */
const ATTEMPTS = 6;
/** DynamoDB answers in milliseconds; the largest batch takes some hundred. */
const REQUEST_MS = 5_000;

/** Reads AWS_ENDPOINT_URL_DYNAMODB, AWS_REGION and credentials as every SDK does; `config` goes before them. */
export const dynamodbClient = (config: DynamoDBClientConfig = {}, requestMs = REQUEST_MS): DynamoDBClient =>
  new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    requestHandler: connections(requestMs),
    // Each command's middleware is put together once: a tenth of the time that a put takes here. What is added to the
    // stack later is not seen.
    cacheMiddleware: true,
    sha256: Sha256,
    ...config,
  });
