// Writes of a table that end at a signal.
import { expect, test } from 'vitest';
import { writesUntil } from '../../domain/until.ts';
import { memoryTable } from '../support/memory-table.ts';

const item = { partition: 'p', sort: 's', body: 0 };

test('each write of a bounded table ends at the signal of the moment, or at its own', async () => {
  const table = memoryTable();
  let deadline = new AbortController();
  const bounded = writesUntil(table, () => deadline.signal);
  await bounded.putAll([item]);
  const own = AbortSignal.abort(new Error('the lease is over'));
  await expect(bounded.putAll([item], own)).rejects.toThrow('the lease is over');
  deadline.abort(new Error('the deadline is over'));
  await expect(bounded.putAll([item])).rejects.toThrow('the deadline is over');
  await expect(bounded.putIf(item, 1)).rejects.toThrow('the deadline is over');
  await expect(bounded.removeAll([item])).rejects.toThrow('the deadline is over');
  expect(await bounded.get('p', 's')).toMatchObject({ body: 0, version: 1 });
  deadline = new AbortController();
  await bounded.removeAll([item]);
  expect(table.items()).toEqual([]);
});
