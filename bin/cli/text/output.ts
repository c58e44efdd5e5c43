// Standard output and standard error as they are: either may be closed, or lie on a full disk.
import { EXIT, systemReason } from './failure-text.ts';

/** Ends the process with one line and its exit code once standard output takes no more. */
export function watchOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): void {
  // There is no place left to say so.
  stderr.on('error', () => {});
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    stderr.write(`the output is not complete: ${reasonOf(error)}\n`, () => process.exit(EXIT.output));
    stdout.removeAllListeners('error').on('error', () => {});
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'EPIPE') return 'the program that reads it has closed it';
  return `standard output cannot be written (${systemReason(error)})`;
}
