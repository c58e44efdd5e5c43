// The head of the log: one small item that says how many entries are decided, and how many are published.
import { toBase64 } from '../../events/log/base64.ts';
import { EMPTY_ROOT } from '../../events/log/merkle.ts';
import type { Table } from '../ports.ts';

/** A decided batch from position `base` on: revisions `first` to `last` of each stream, in log order. */
export interface PendingBatch {
  readonly base: number;
  readonly batch: readonly (readonly [stream: string, first: number, last: number])[];
}

export interface Head {
  /** The number of decided entries. */
  readonly size: number;
  /** The root of their tree, in base64. */
  readonly root: string;
  /** The latest `time` of the decided entries (UTC with milliseconds), or an empty string. */
  readonly time: string;
  /** The number of published entries: their files, positions and signed checkpoint are durable. */
  readonly published: number;
  /** The last decided batch, which may not be published yet. */
  readonly pending?: PendingBatch;
  /** True while the log of another archive is imported. Nothing else is sequenced meanwhile. */
  readonly importing?: true;
}

const HEAD = { partition: 'log', sort: 'head' };
const EMPTY: Head = { size: 0, root: toBase64(EMPTY_ROOT), time: '', published: 0 };

export async function readHead(state: Table): Promise<Head & { readonly version: number }> {
  const item = await state.get(HEAD.partition, HEAD.sort);
  return item ? { ...(item.body as Head), version: item.version } : { ...EMPTY, version: 0 };
}

/** Replaces the head if it still has this `version`. Returns false if another sequencer was faster. */
export const swapHead = (state: Table, head: Head, version: number): Promise<boolean> =>
  state.compareAndPut({ ...HEAD, body: head }, version);

/** Raises `published` to a size, unless it is already that high. Idempotent. */
export async function raisePublished(state: Table, size: number): Promise<void> {
  for (;;) {
    const { version, pending, ...head } = await readHead(state);
    if (head.published >= size) return;
    const raised = { ...head, published: size };
    const next = pending && head.size > size ? { ...raised, pending } : raised;
    if (await swapHead(state, next, version)) return;
  }
}
