// Recognizes throttling errors of the AWS SDK, which remain after the SDK's own retries.

/** Error names of DynamoDB, S3, KMS and Step Functions. */
const NAMES: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingError',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
]);
const TOO_MANY_REQUESTS = 429;
/** Bounds the recursion, because causes may refer to each other. */
const MAX_DEPTH = 8;

/** Returns true if the error, one of its causes or one of its aggregated errors is throttling. */
export function isThrottling(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return false;
  const { name, cause, errors, $retryable, $metadata } = error as {
    name?: unknown;
    cause?: unknown;
    errors?: unknown;
    $retryable?: { throttling?: boolean };
    $metadata?: { httpStatusCode?: number };
  };
  if (typeof name === 'string' && NAMES.has(name)) return true;
  if ($retryable?.throttling === true || $metadata?.httpStatusCode === TOO_MANY_REQUESTS) return true;
  const inner = [cause, ...(Array.isArray(errors) ? errors : [])] as unknown[];
  return inner.some((each) => isThrottling(each, depth + 1));
}
