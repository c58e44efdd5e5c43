// What the API stands on, given to it by whoever starts it: a Lambda function, or the embedded archive.
import type { Context } from 'hono';
import type { Remember } from './support/short-cache.ts';
import type { ArchiveContext } from '../../domain/recording/archive-article.ts';
import type { BlobStore, Table } from '../../domain/ports.ts';
import type { OpenReading } from '../../domain/queries/open-readings.ts';
import type { Unsequenced } from '../../domain/log/unsequenced-sweep.ts';

export interface ApiContext extends ArchiveContext {
  /** The catalog of read models, and records of rebuilds. */
  readonly catalog: Table;
  readonly open: OpenReading;
  readonly log: BlobStore;
  /** What is known of acknowledged commits without a position. It reads one item at most. */
  readonly unsequenced: () => Promise<Unsequenced> | Unsequenced;
  /** Who makes this request: a stable subject, kept as `recordedby` of what it records. */
  readonly identify: (c: Context) => string;
  /** Remembers for a moment what near-duplicates are compared with. */
  readonly remember: Remember;
  /** Can an answer be streamed to its end, however long? Else bulk answers are pages. */
  readonly streams: boolean;
  /** Tells the operator which request failed, and why. */
  readonly report: (what: string, error: unknown) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Resolves when something was folded next, and after so long at the latest. Without it, the catalog is asked again and again. */
  readonly folded?: (ms: number) => Promise<void>;
  /** How long readers may go back after a rebuild has switched, in milliseconds. */
  readonly graceMs: number;
  /** Tells whoever runs rebuilds that there is something to do. Only a hint: it may be lost, and never rejects. */
  readonly wake: () => Promise<void> | void;
}
