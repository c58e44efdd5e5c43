// Handles failures of standard output and standard error, such as a closed pipe or a full disk.
import { EXIT, systemReason } from './failure-text.ts';

/** Ends the process with one line and an exit code if standard output fails. */
export function watchOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): void {
  // Standard error has failed, too, so no message is possible.
  stderr.on('error', () => {});
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    stderr.write(`the output is incomplete: ${reasonOf(error)}\n`, () => process.exit(EXIT.output));
    stdout.removeAllListeners('error').on('error', () => {});
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'EPIPE') return 'the reading program closed the pipe';
  return `standard output cannot be written (${systemReason(error)})`;
}
