// The dependencies of the API, which its host passes in: a Lambda function or the embedded archive.
import type { Context } from 'hono';
import type { Remember } from './support/short-cache.ts';
import type { ArchiveContext } from '../../domain/recording/archive-article.ts';
import type { BlobStore, Table } from '../../domain/ports.ts';
import type { OpenReading } from '../../domain/queries/open-readings.ts';
import type { Unsequenced } from '../../domain/log/unsequenced-sweep.ts';

export interface ApiContext extends ArchiveContext {
  /** The catalog of generations of read models, and rebuilds. */
  readonly catalog: Table;
  readonly open: OpenReading;
  readonly log: BlobStore;
  /** Returns the state of acknowledged commits without a position. Reads at most one item. */
  readonly unsequenced: () => Promise<Unsequenced> | Unsequenced;
  /** Returns the stable subject of a request, which its events keep as `recordedby`. */
  readonly identify: (c: Context) => string;
  /** Caches for a short time the rows that near-duplicates are compared with. */
  readonly remember: Remember;
  /** True if answers of any length can be streamed. Otherwise bulk answers are paged. */
  readonly streams: boolean;
  /** Reports a failed request and its error to the operator. */
  readonly report: (what: string, error: unknown) => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Resolves after the next fold, or after `ms` milliseconds. If absent, waiting writes poll the catalog. */
  readonly folded?: (ms: number) => Promise<void>;
  /** How long a promoted rebuild can be rolled back, in milliseconds. */
  readonly rollbackRetentionMs: number;
  /** Tells the runner of rebuilds to check for work. Only a hint: it may be lost. It never rejects. */
  readonly wake: () => Promise<void> | void;
}
