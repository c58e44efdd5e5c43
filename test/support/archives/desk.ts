// A context for commands on stores in memory. The next appends can be made to fail, before or after their effect, or
// to lose against another writer. The desk records the order of writes.
import { ids, sha256 } from '../../../adapters/node/ids.ts';
import type { ArchiveContext } from '../../../domain/recording/archive-article.ts';
import type { Commit, EventStore } from '../../../domain/ports.ts';
import { historyOf } from '../../../domain/recording/handle-command.ts';
import { articleTextReader } from '../../../domain/recording/resolve-references.ts';
import { commitBytes } from '../../../events/envelope.ts';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { uuid } from './written-history.ts';
import { memoryBlobs } from '../stores/memory-blobs.ts';
import { memoryStore } from '../stores/memory-store.ts';
import { memoryTable } from '../stores/memory-table.ts';

/**
 * The fault of one append: not persisted, or persisted without an answer. An event is appended first by another
 * writer; with `lostTo`, the answer is lost, too.
 */
export type Trouble = 'not persisted' | 'answer lost' | NewEvent | { readonly lostTo: NewEvent };

export class Outage extends Error {
  override readonly name = 'Outage';
}

export interface Desk extends ArchiveContext {
  readonly hints: readonly string[];
  /** Each write, in order: `bytes <key>`, `claim`, `append <stream> <revision>`. */
  readonly writes: readonly string[];
  /** Returns the commits of a stream. */
  readonly commits: (stream: string) => readonly Commit[];
  /** Returns all stored data, for comparisons. */
  readonly all: () => unknown;
  /** Sets the faults of the next appends, one each. */
  readonly befall: (...troubles: readonly Trouble[]) => void;
}

export function desk(): Desk {
  const [store, state, articles] = [memoryStore(), memoryTable(), memoryBlobs()];
  const [hints, writes, coming]: [string[], string[], Trouble[]] = [[], [], []];
  let now = Date.UTC(2023, 2, 4);

  const rival = ({ stream, revision }: Commit, event: NewEvent): Promise<unknown> => {
    const header = { stream, revision, time: new Date(now).toISOString(), recordedBy: 'rival' };
    const events = commitBytes(header, [event], [`${stream}_${uuid(revision)}`]);
    return store.append({ stream, revision, events, receipt: { command: 'rival' } });
  };
  const failing: EventStore = {
    get: (stream, revision) => store.get(stream, revision),
    read: (stream, after) => store.read(stream, after),
    async append(commit) {
      const { stream, revision } = commit;
      if (revision > store.commits(stream).length + 1)
        throw new Error(`${stream} would have a gap before ${revision}`);
      const trouble = coming.shift();
      if (trouble === 'not persisted') throw new Outage('the store was unavailable');
      if (typeof trouble === 'object') await rival(commit, 'lostTo' in trouble ? trouble.lostTo : trouble);
      const existing = await store.append(commit);
      if (!existing) writes.push(`append ${stream} ${revision}`);
      if (trouble === 'answer lost' || (typeof trouble === 'object' && 'lostTo' in trouble))
        throw new Outage('the answer was lost');
      return existing;
    },
  };
  return {
    store: failing,
    state: {
      ...state,
      compareAndPut: async (item, version) => {
        const put = await state.compareAndPut(item, version);
        if (put) writes.push('claim');
        return put;
      },
    },
    articles: {
      ...articles,
      create: async (key, bytes) => {
        const created = await articles.create(key, bytes);
        if (created === 'created') writes.push(`bytes ${key}`);
        return created;
      },
    },
    history: historyOf(store),
    source: articleTextReader({ articles, sha256 }),
    clock: () => (now += 1_000),
    ids,
    sha256,
    hint: (stream) => hints.push(stream),
    hints,
    writes,
    commits: (stream) => store.commits(stream),
    all: () => [store.streams().map((stream) => store.commits(stream)), state.items(), articles.keys()],
    befall: (...troubles) => coming.push(...troubles),
  };
}
