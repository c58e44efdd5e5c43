// Makes an archive in memory from events, each in its own commit, and folds them. For tests that need certain
// resources, but no commands.
import { canonicalBytes } from '../../../events/envelope.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { event } from './written-history.ts';
import { memoryArchive, type MemoryArchive } from '../stores/memory-archive.ts';
import { memoryBlobs } from '../stores/memory-blobs.ts';
import { logOf } from '../logs/log-of.ts';

export type Entry = readonly [stream: string, event: NewEvent];

/** Resolves to the JSON answer of a call, and to the address of the next page if there is one. */
export type Ask = (path: string) => Promise<{ readonly body: any; readonly next: string | undefined }>;

/** Returns an archive with these events. If `begun` is false, it has no generation before its first event. */
export async function fedArchive(
  entries: readonly Entry[],
  { begun = true }: { readonly begun?: boolean } = {},
): Promise<MemoryArchive> {
  const archive = memoryArchive(memoryBlobs(), begun);
  await archive.feed(
    logOf(entries).map((recorded) => ({
      stream: recorded.subject,
      revision: recorded.revision,
      events: [canonicalBytes(recorded)],
    })),
  );
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

export const person = (id: string): Entry => [id, event('ActorIntroduced', { id, kind: 'person', name: id })];

export const merged = (actor: string, into: string): Entry => [
  'actor-merges',
  event('ActorsMerged', { actor, into, reason: 'one person' }),
];
