// Thrown if a command was called wrongly. The message tells how to call it.
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
