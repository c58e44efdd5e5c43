// Makes an archive in memory from events, each in its own commit, and folds them. For tests that need certain
// resources, but no commands.
import type { Entry } from '../entries.ts';
import { memoryArchive, type MemoryArchive } from '../stores/memory-archive.ts';
import { memoryBlobs } from '../stores/memory-blobs.ts';
import { commitsOf } from '../logs/log-of.ts';

/** Resolves to the JSON answer of a call, and to the address of the next page if there is one. */
export type Ask = (path: string) => Promise<{ readonly body: any; readonly next: string | undefined }>;

/** Returns an archive with these events. If `begun` is false, it has no generation before its first event. */
export async function fedArchive(
  entries: readonly Entry[],
  { begun = true }: { readonly begun?: boolean } = {},
): Promise<MemoryArchive> {
  const archive = memoryArchive(memoryBlobs(), begun);
  await archive.feed(commitsOf(entries));
  await archive.project();
  return archive;
}

export async function archiveOf(entries: readonly Entry[]): Promise<Ask> {
  const archive = await fedArchive(entries);
  return async (path) => {
    const { status, headers, text } = await archive.get(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return {
      body: JSON.parse(text),
      next: /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1],
    };
  };
}

/** Reads a list to its end. */
export async function itemsOf(ask: Ask, path: string): Promise<any[]> {
  const items: any[] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page: Awaited<ReturnType<Ask>> = await ask(next);
    items.push(...page.body.items);
    next = page.next;
  }
  return items;
}
