// What the caller of the CLI did wrong.
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
