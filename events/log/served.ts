// HTTP headers for files of the public log (C2SP tlog-tiles). Buckets store them with each object, so that a CDN
// sends the same headers as the archive.
import { CHECKPOINT_PATH, parsePath, VKEY_PATH } from './paths.ts';

export interface Served {
  readonly contentType: string;
  readonly cacheControl: string;
}

const TEXT = 'text/plain; charset=utf-8';

/** Returns the headers of a path; undefined if no file of a log has exactly this path. */
export function servedAs(path: string): Served | undefined {
  if (path === CHECKPOINT_PATH) return { contentType: TEXT, cacheControl: 'public, max-age=5' };
  if (path === VKEY_PATH) return { contentType: TEXT, cacheControl: 'public, max-age=300' };
  if (!parsePath(path)) return undefined;
  return { contentType: 'application/octet-stream', cacheControl: 'public, max-age=31536000, immutable' };
}
