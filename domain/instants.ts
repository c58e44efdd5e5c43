// Which prefix of the log an instant means: the longest one whose running maximum of `time` is not after it, a function
// of the log alone.
import { readEvent } from '../events/envelope.ts';
import type { BlobStore, Table } from './ports.ts';
import { replay } from './replay.ts';
import { readHead } from './sequence.ts';

/** The size of that prefix; `instant` is UTC with milliseconds, as events have it. */
export async function sizeAt(
  { state, log }: { readonly state: Table; readonly log: BlobStore },
  instant: string,
): Promise<number> {
  const { published } = await readHead(state);
  for await (const { position, bytes } of replay(log, 0, published))
    if (readEvent(bytes).time > instant) return position;
  return published;
}
