// A whole archive in memory that is fed commits instead of commands, and whose read models are folded when a test says so.
import { ids, sha256 } from '../../../adapters/node/ids.ts';
import { Refusal } from '../../../domain/errors.ts';
import { historyOf } from '../../../domain/recording/handle-command.ts';
import { catchUp } from '../../../domain/projections/catch-up.ts';
import { openReadings } from '../../../domain/queries/open-readings.ts';
import type { Commit, Digest } from '../../../domain/ports.ts';
import { articleTextReader } from '../../../domain/recording/resolve-references.ts';
import { sequence } from '../../../domain/log/sequencer.ts';
import { createApi } from '../../../functions/api/create-api.ts';
import { memoryBlobs, type MemoryBlobs } from './memory-blobs.ts';
import { memoryRowStores, type MemoryRowStores } from './memory-row-store.ts';
import { memoryTable, type MemoryTable } from './memory-table.ts';
import { sequencerFixture, type SequencerFixture } from '../logs/sequenced.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface MemoryArchive extends SequencerFixture {
  readonly catalog: MemoryTable;
  readonly rows: MemoryRowStores;
  readonly articles: MemoryBlobs;
  /** Records these commits and sequences them one by one. */
  readonly feed: (commits: readonly Commit[]) => Promise<void>;
  readonly project: () => Promise<void>;
  readonly get: (path: string) => Promise<Answered>;
}

/** A text for a made-up article id: it ends with the digest that the id names, and `digestOf` believes it. */
export const madeUpText = (text: string, digest: string): Uint8Array =>
  Buffer.from(`${text}Made-up digest: ${digest}`);

const digestOf: Digest = (bytes) =>
  /Made-up digest: ([0-9a-f]{64})$/.exec(Buffer.from(bytes).toString())?.[1] ?? sha256(bytes);

/** Makes an empty archive. If `begins` is true, its read models begin before its first event. */
export function memoryArchive(articles: MemoryBlobs = memoryBlobs(), begins = true): MemoryArchive {
  const of = { ...sequencerFixture(), catalog: memoryTable(), rows: memoryRowStores() };
  const alarm = (what: string, error: unknown): never => {
    throw new Error(what, { cause: error });
  };
  const api = createApi({
    ...of,
    articles,
    open: openReadings(of),
    history: historyOf(of.store),
    remember: async (_, read) => read(),
    ids,
    sha256: digestOf,
    source: articleTextReader({ articles, sha256: digestOf }),
    clock: () => 0,
    sleep: async () => {},
    hint: () => {},
    wake: () => {},
    rollbackRetentionMs: 0,
    unsequenced: () => ({ commits: 'none' }),
    identify: () => 'tester',
    streams: true,
    report: (_, error) => {
      // A read model may be behind; anything else is a fault of the archive.
      if (!(error instanceof Refusal)) throw error;
    },
  });
  return {
    ...of,
    articles,
    feed: async (commits) => {
      if (begins) await catchUp(of, () => false);
      for (const commit of commits) {
        await of.store.append(commit);
        await sequence({ ...of, alarm }, [commit.stream]);
      }
    },
    project: async () => {
      const { stopped } = await catchUp(of);
      for (const [name, { position, reason }] of stopped)
        throw new Error(`${name} stopped at ${position}: ${reason}`);
    },
    get: async (path) => {
      const response = await api.request(path);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}
