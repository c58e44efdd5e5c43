// Reads files over HTTP and retries if a server does not answer.
import { setTimeout } from 'node:timers/promises';
import type { ReadFile } from '../../../domain/log/verify/foreign-files.ts';
import { Unreachable } from '../api-client.ts';

const TRIES = 3;

/** Statuses of absent files. S3 answers 403 if the bucket may not be listed. */
const ABSENT: ReadonlySet<number> = new Set([403, 404, 410]);

export interface Fetched {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** Resolves to undefined if the file is absent. @throws Unreachable */
export const overHttp =
  (url: string): ReadFile =>
  async (path) => {
    const { status, bytes } = await fetchFile(`${url}/${path}`, (failed) => ABSENT.has(failed.status));
    return ABSENT.has(status) ? undefined : bytes;
  };

/** Resolves to a success or to an `expected` failure. @throws Unreachable */
export async function fetchFile(url: string, expected: (failed: Fetched) => boolean): Promise<Fetched> {
  for (let tries = 1; ; tries++) {
    try {
      const response = await fetch(url);
      const fetched = { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) };
      if (response.ok || expected(fetched)) return fetched;
      throw new Unreachable(`${url} answered with ${response.status}: try again later, or ask its operator`);
    } catch (error) {
      if (tries === TRIES)
        throw error instanceof Unreachable
          ? error
          : new Unreachable(`no server answers at ${url}: start it, or name another URL or a folder`, {
              cause: error,
            });
      await setTimeout(100 * 3 ** tries);
    }
  }
}
