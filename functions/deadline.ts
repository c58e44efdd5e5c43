// The deadline of an invocation, before Lambda ends its process.
import type { Context } from 'aws-lambda';

/** What is left then suffices to report the failure. */
const LAST_MS = 10_000;

/** A signal that is aborted ten seconds before Lambda ends the invocation: writes send nothing after that. */
export const deadlineOf = (context: Context): AbortSignal =>
  AbortSignal.timeout(Math.max(0, Math.floor(context.getRemainingTimeInMillis() - LAST_MS)));
