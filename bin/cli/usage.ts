// What the caller of the CLI did wrong.
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What is out of range here was given by whoever starts the program. */
export function given<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
