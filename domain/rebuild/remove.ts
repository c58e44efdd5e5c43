// Removes the rows of a generation that nobody reads or folds any more, in bounded parts: what is left is found by
// looking, so that a run that ended anywhere is gone on with, and two at once do no harm.
import { shardPartition, SHARDS, type Generation } from '../generation.ts';
import type { Table } from '../ports.ts';

/** Removes up to about `most` rows; true where none is left. */
export async function removeRows(views: Table, generation: Generation, most: number): Promise<boolean> {
  let room = most;
  for (let shard = 0; shard < SHARDS; shard++) {
    for (const part of ['live', 'past'] as const) {
      room -= await removeFrom(views, shardPartition(generation, part, shard), room);
      if (room <= 0) return false;
    }
  }
  return true;
}

async function removeFrom(views: Table, partition: string, most: number): Promise<number> {
  const keys: { partition: string; sort: string }[] = [];
  for await (const { sort } of views.range(partition)) {
    keys.push({ partition, sort });
    if (keys.length === most) break;
  }
  if (keys.length > 0) await views.removeAll(keys);
  return keys.length;
}
