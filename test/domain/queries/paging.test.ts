// Tests the end of a page by the number or the bytes of its items. Items are serialised only if their bytes may matter.
import { expect, test } from 'vitest';
import { pageOf } from '../../../domain/queries/paging.ts';

interface Item {
  readonly text: string;
  readonly toJSON: () => object;
}

/** Makes `count` items of this many bytes, and counts how often one of them is serialised. */
function items(count: number, bytes: number) {
  let serialised = 0;
  const item: Item = {
    text: 'x'.repeat(bytes),
    toJSON: () => {
      serialised++;
      return { text: item.text };
    },
  };
  async function* rows() {
    for (let n = 0; n < count; n++) yield { sort: String(n).padStart(4, '0') };
  }
  return {
    rows: rows(),
    resolve: async (of: readonly object[]) => of.map(() => item),
    times: () => serialised,
  };
}

test('a page of small items measures them without serialising one', async () => {
  const { rows, resolve, times } = items(101, 1_000);
  const page = await pageOf(rows, { limit: 100 }, resolve);
  expect([page.items.length, page.next]).toEqual([100, '0099']);
  expect(times()).toBe(0);
});

test('a page of large items ends when they take the bytes of a page, and has the start of the next one', async () => {
  const { rows, resolve } = items(200, 50_000);
  const page = await pageOf(rows, { limit: 100 }, resolve);
  expect([page.items.length, page.next]).toEqual([60, '0059']);
});

test('items over an equal share of the bytes of a page are measured exactly', async () => {
  const { rows, resolve } = items(200, 5_100);
  const page = await pageOf(rows, { limit: 100, bytes: 100_000 }, resolve);
  expect([page.items.length, page.next]).toEqual([20, '0019']);
});
