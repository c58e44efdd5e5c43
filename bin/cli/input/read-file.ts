// Files that are handed to the command, `-` standing for standard input: UTF-8, or refused.
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../../usage-error.ts';

export const STDIN = '-';

/** How a message names the file. */
export const fileName = (file: string): string => (file === STDIN ? 'standard input' : file);

/** Reads a file whole. Throws UsageError if it is missing, a folder, or may not be read. */
export async function readBytes(file: string): Promise<Buffer> {
  if (file === STDIN) return buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Reading a folder is the one failure that does not name its path.
    if (code === 'EISDIR') throw new UsageError(`${file} is a folder: name a file in it`, { cause: error });
    throw error;
  }
}

/** The text as it is, a byte order mark kept. */
export function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${fileName(file)} is not UTF-8: convert it first, for instance with iconv`, {
      cause: error,
    });
  }
}

export const readUtf8 = async (file: string): Promise<string> => decodeUtf8(await readBytes(file), file);

/** A JSON value; `where` names it. Throws UsageError. A byte order mark before it is no part of it. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
