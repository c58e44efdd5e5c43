// Files that are handed to the command: UTF-8, or refused.
import { readFile } from 'node:fs/promises';
import { UsageError } from './usage.ts';

/** The text as it is, a byte order mark kept. */
export async function readUtf8(file: string): Promise<string> {
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${file} is not UTF-8: convert it first, for instance with iconv`, { cause: error });
  }
}

/** A JSON value; `where` names it. Throws UsageError. A byte order mark before it is no part of it. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
