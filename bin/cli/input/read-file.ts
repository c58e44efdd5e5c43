// Reads files that the user names; `-` is standard input.
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../../usage-error.ts';

export const STDIN = '-';

/** Returns the name of the file for messages. */
export const fileName = (file: string): string => (file === STDIN ? 'standard input' : file);

/** Reads a whole file. @throws UsageError if it is missing, a folder or unreadable */
export async function readBytes(file: string): Promise<Buffer> {
  if (file === STDIN) return buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Node's message for EISDIR does not name the path.
    if (code === 'EISDIR') throw new UsageError(`${file} is a folder: name a file in it`, { cause: error });
    throw error;
  }
}

/** Decodes UTF-8 and keeps a byte order mark. @throws UsageError if the bytes are not UTF-8 */
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

/** Parses JSON and ignores a byte order mark. `where` names the text in messages. @throws UsageError */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
