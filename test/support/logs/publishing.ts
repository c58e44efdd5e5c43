// Records events and publishes them to the log of an archive in memory, for tests of readers of the log.
import { readPlace } from '../../../events/envelope.ts';
import { packEntries } from '../../../events/log/entries.ts';
import { bundlesOf, entriesPath, TILE_WIDTH } from '../../../events/log/paths.ts';
import { readHead } from '../../../domain/log/head.ts';
import { replay } from '../../../domain/log/replay.ts';
import { sequence } from '../../../domain/log/sequencer.ts';
import { world, type World } from './sequenced.ts';

/** Records events and sequences them one by one, so that the log is published at every size. */
export async function publish(of: World, entries: readonly Uint8Array[]): Promise<void> {
  for (const bytes of entries) {
    const stream = await append(of, bytes);
    await sequence({ ...of, alarm: failing }, [stream]);
  }
}

async function append({ store }: World, bytes: Uint8Array): Promise<string> {
  const { subject: stream } = readPlace(bytes);
  await store.append({ stream, revision: store.commits(stream).length + 1, events: [bytes] });
  return stream;
}

/** Appends these entries to the log in one step, so that it is published at the new size only. */
export async function publishAtOnce(of: World, entries: readonly Uint8Array[]): Promise<void> {
  const { state, log } = of;
  for (const bytes of entries) await append(of, bytes);
  const { version, published: before } = await readHead(state);
  const all = [...(await Array.fromAsync(replay(log, 0, before))).map(({ bytes }) => bytes), ...entries];
  for (const { bundle, width } of bundlesOf(all.length)) {
    await log.create(
      entriesPath(bundle, width),
      packEntries(all.slice(bundle * TILE_WIDTH, bundle * TILE_WIDTH + width)),
    );
  }
  const body = { size: all.length, published: all.length };
  await state.compareAndPut({ partition: 'log', sort: 'head', body }, version);
}

/** A log that was published entry by entry, so that a reader can see it at each size. */
export interface Published {
  readonly entries: readonly Uint8Array[];
  /** Returns the stores when `published` entries were published, without read models. */
  readonly upTo: (published: number) => Pick<World, 'state' | 'log' | 'store'>;
}

export async function published(entries: readonly Uint8Array[]): Promise<Published> {
  const of = world();
  const { state, log, store } = of;
  await publish(of, entries);
  return {
    entries,
    upTo: (published) => ({
      log,
      store,
      state: {
        ...state,
        get: async (partition, sort) => {
          const item = await state.get(partition, sort);
          return item && { ...item, body: { ...(item.body as object), size: published, published } };
        },
      },
    }),
  };
}

function failing(what: string, error: unknown): never {
  throw new Error(what, { cause: error });
}
