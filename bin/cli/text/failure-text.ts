// Error messages and exit codes of the command. A message names the file, folder or port concerned.
import { getSystemErrorMessage } from 'node:util';
import { KeyFileError } from '../../../adapters/node/key-file.ts';
import { DatabaseInUse, DatabaseUnusable } from '../../../adapters/sqlite/database.ts';
import { ImportRefused } from '../../../domain/log/import-log.ts';
import { LogConflict } from '../../../domain/log/log-files.ts';
import { SettingsError } from '../../../functions/settings/settings.ts';
import { ImportUnfinished } from '../../server/run-archive.ts';
import { Refused, Unreachable } from '../api-client.ts';
import { message } from './print.ts';
import { problemLines } from './problem-text.ts';
import { UsageError } from '../../usage-error.ts';

/** Exit codes of the command. */
export const EXIT = { done: 0, refused: 1, usage: 2, failed: 3, output: 4 } as const;

export const EXIT_CODES = `Exit codes:
  0  done
  1  the archive refused, or something is not as it should be
  2  wrong usage, settings or files
  3  the archive cannot be reached, or it failed
  4  the output was closed, or is full`;

/** Errors whose message says what to do. */
const SAID = [
  UsageError,
  SettingsError,
  Unreachable,
  DatabaseInUse,
  DatabaseUnusable,
  KeyFileError,
  LogConflict,
  ImportRefused,
  ImportUnfinished,
];

export function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return error.status >= 500 ? EXIT.failed : EXIT.refused;
  if (error instanceof Unreachable) return EXIT.failed;
  if (error instanceof ImportRefused) return EXIT.refused;
  return EXIT.usage;
}

/** Returns the message for the user; undefined for an unexpected error, which needs its stack. */
export function failureText(error: unknown): string | undefined {
  if (error instanceof Refused) return problemLines({ detail: error.message, ...error.problem }).join('\n');
  if (!(error instanceof Error)) return undefined;
  if (SAID.some((kind) => error instanceof kind)) return message(error.message);
  return isSystemError(error) ? message(systemSentence(error)) : undefined;
}

const isSystemError = (error: Error): error is NodeJS.ErrnoException =>
  'syscall' in error && 'code' in error && typeof error.code === 'string';

/** Returns a sentence for an error of the operating system, with the file, folder or port. */
export function systemSentence({ code = '', errno = 0, path, syscall, ...more }: SystemError): string {
  if (syscall === 'listen') return listenSentence(code, more);
  const what = path ?? 'a file';
  switch (code) {
    case 'ENOENT':
      return syscall === 'mkdir'
        ? `the folder ${what} cannot be created: its parent folder does not exist or is not writable`
        : `the file or folder ${what} does not exist`;
    case 'EISDIR':
      return `${path ?? 'the named path'} is a folder: name a file in it`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${what} is a file where a folder is needed: choose another folder, or move the file away`;
    case 'EACCES':
    case 'EPERM':
      return `this user may not ${READING.has(syscall ?? '') ? 'read' : 'write'} ${what}: change its permissions, or choose another path`;
    case 'EROFS':
      return `${what} cannot be written: its disk is read-only`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `${what} cannot be written: its disk is full`;
    default:
      return `${what}: ${systemReason({ errno, code })}`;
  }
}

type SystemError = Pick<NodeJS.ErrnoException, 'code' | 'errno' | 'path' | 'syscall'> & ListenError;

interface ListenError {
  readonly address?: string;
  readonly port?: number;
}

const READING = new Set(['scandir', 'stat', 'lstat', 'read']);

function listenSentence(code: string, { address = 'this machine', port = 0 }: ListenError): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${address} is in use: stop the program that listens there, or set PORT to another one`;
    case 'EACCES':
      return `this user may not listen on port ${port}: set PORT to one from 1024 on`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${address}: set HOST to 127.0.0.1`;
    default:
      return `port ${port} of ${address} cannot be used (${code}): set PORT to another one`;
  }
}

/** Returns the operating system's description of an error. */
export function systemReason({
  errno = 0,
  code = 'unknown error',
}: Pick<SystemError, 'errno' | 'code'>): string {
  try {
    return getSystemErrorMessage(errno) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code;
    throw error;
  }
}
