// An unsigned log for tests of projectors. A test can show it to a reader up to any position.
import { packEntries } from '../../../events/log/entries.ts';
import { parsePath, TILE_WIDTH } from '../../../events/log/paths.ts';
import type { ProjectorContext } from '../../../domain/projections/catch-up.ts';
import type { Commit, EventStore } from '../../../domain/ports.ts';
import { memoryStore } from '../stores/memory-store.ts';
import { memoryTable } from '../stores/memory-table.ts';

export interface PublishedLog {
  readonly entries: readonly Uint8Array[];
  /** Returns the stores when `published` entries were published. A function may return a growing number. */
  readonly upTo: (
    published: number | (() => number),
  ) => Pick<ProjectorContext, 'state' | 'log'> & { readonly store: EventStore };
}

export async function publishedLog(commits: readonly Commit[]): Promise<PublishedLog> {
  const store = memoryStore();
  for (const commit of commits) await store.append(commit);
  const entries = commits.flatMap(({ events }) => events);

  async function bundleAt(key: string) {
    const path = parsePath(key);
    if (!path || !('bundle' in path)) return undefined;
    const from = path.bundle * TILE_WIDTH;
    return { bytes: packEntries(entries.slice(from, from + path.width)), etag: key };
  }

  return {
    entries,
    upTo: (published) => ({
      log: { get: bundleAt },
      store,
      state: {
        ...memoryTable(),
        get: async (partition, sort) => {
          const size = typeof published === 'number' ? published : published();
          return { partition, sort, version: 1, body: { size, published: size } };
        },
      },
    }),
  };
}
