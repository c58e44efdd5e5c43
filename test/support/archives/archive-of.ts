// An archive in memory that was told these events, one a commit, and has folded them: for tests that need just so many
// things, and no command that records them.
import { canonicalBytes } from '../../../events/envelope.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { event } from './written-history.ts';
import { memoryArchive, type MemoryArchive } from '../stores/memory-archive.ts';
import { memoryBlobs } from '../stores/memory-blobs.ts';
import { logOf } from '../logs/log-of.ts';

export type Entry = readonly [stream: string, event: NewEvent];

/** Gives what a call is answered, as JSON, and the address of the next page, if there is one. */
export type Ask = (path: string) => Promise<{ readonly body: any; readonly next: string | undefined }>;

/** Of an archive that is not `begun`, no generation of its read models was begun before its first event. */
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
