// Recognises errors of AWS's SDK that say: the service throttles, and the SDK's own retries did not help.

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
/** Causes that refer to each other must not be followed for ever. */
const MAX_DEPTH = 8;

/** True if the error, one of its causes, or one of the errors that it aggregates is throttling. */
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
