// The head of the log, one small item: what was decided on, and how much of it every reader can see.
import { toBase64 } from '../../events/log/base64.ts';
import { EMPTY_ROOT } from '../../events/log/merkle.ts';
import type { Table } from '../ports.ts';
import type { Sequenced } from './positions.ts';

export interface Head {
  /** Entries decided on. */
  readonly size: number;
  /** Root of their tree, in base64. */
  readonly root: string;
  /** The latest `time` of them, UTC with milliseconds; empty where there are none. */
  readonly time: string;
  /** Entries that every reader can see: their files, positions and checkpoint are durable. */
  readonly published: number;
  /** What was decided last and may not be published yet. */
  readonly pending?: Sequenced;
  /** Another archive's log is being imported: until that is done, nothing else is sequenced. */
  readonly importing?: true;
}

const HEAD = { partition: 'log', sort: 'head' };
const NOTHING: Head = { size: 0, root: toBase64(EMPTY_ROOT), time: '', published: 0 };

export async function readHead(state: Table): Promise<Head & { readonly version: number }> {
  const item = await state.get(HEAD.partition, HEAD.sort);
  return item ? { ...(item.body as Head), version: item.version } : { ...NOTHING, version: 0 };
}

/** Writes it where it is still at `version`; false where somebody else was faster. */
export const swapHead = (state: Table, head: Head, version: number): Promise<boolean> =>
  state.compareAndPut({ ...HEAD, body: head }, version);

/** Raises `published` to this size, or leaves it where it is higher: whoever gets here first. */
export async function raisePublished(state: Table, size: number): Promise<void> {
  for (;;) {
    const { version, pending, ...head } = await readHead(state);
    if (head.published >= size) return;
    const raised = { ...head, published: size };
    const next = pending && head.size > size ? { ...raised, pending } : raised;
    if (await swapHead(state, next, version)) return;
  }
}
