// How the files of the public log are served (C2SP tlog-tiles): what they are, and how long they may be kept. A bucket
// has it with each object, so that a CDN over it serves what the archive does.
import { CHECKPOINT_PATH, parsePath, VKEY_PATH } from './paths.ts';

export interface Served {
  readonly contentType: string;
  readonly cacheControl: string;
}

const TEXT = 'text/plain; charset=utf-8';

/** Undefined where the path, as it is spelt, is none of a log. */
export function servedAs(path: string): Served | undefined {
  if (path === CHECKPOINT_PATH) return { contentType: TEXT, cacheControl: 'public, max-age=5' };
  if (path === VKEY_PATH) return { contentType: TEXT, cacheControl: 'public, max-age=300' };
  if (!parsePath(path)) return undefined;
  return { contentType: 'application/octet-stream', cacheControl: 'public, max-age=31536000, immutable' };
}
