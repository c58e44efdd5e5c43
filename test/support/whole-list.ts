// Reads a list to its end, page by page.
import type { Page, PageRequest } from '../../domain/queries/paging.ts';

/** Returns all items, in pages of `limit`. */
export async function wholeList<T>(
  request: Pick<PageRequest, 'limit' | 'descending'>,
  read: (request: PageRequest) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  for (let after: string | undefined; ;) {
    const page = await read(after === undefined ? request : { ...request, after });
    items.push(...page.items);
    if (page.next === undefined) return items;
    after = page.next;
  }
}
