// Projects the history into read models: each generation of a view from its own checkpoint, in bounded batches, rows
// folded in memory and written together. Applying a batch twice changes nothing, because a fold reads every row as it
// stood before.
import { readEvent, type RecordedEvent } from '../events/envelope.ts';
import { TILE_WIDTH } from '../events/log/paths.ts';
import { same } from './aggregate.ts';
import { foldBatch, type Folded, type Rows } from './fold.ts';
import type { Generation } from './generation.ts';
import type { BlobStore, EventStore, Table } from './ports.ts';
import { changeProjection, readProjection, type Checkpoint } from './projections.ts';
import { replay } from './replay.ts';
import { writeRows } from './rows.ts';
import { readHead } from './head.ts';
import { isFirst, isThing } from './views/facts.ts';
import { First } from './views/first.ts';
import type { View } from './views/view.ts';
import { wavesOf } from './waves.ts';

export interface Projector {
  readonly state: Table;
  readonly views: Table;
  readonly log: BlobStore;
  /** Asked for the first event of what events go on with. */
  readonly store: Pick<EventStore, 'get'>;
}

type Sources = Pick<Projector, 'log' | 'store'>;

/** The events from position `from` up to, and without, `to`. */
export type ReadEvents = (from: number, to: number) => Promise<readonly Folded[]>;

/** Bundles that one batch reads: whole ones, because of a partial one only the width published last is sure to be there. */
const BATCH_BUNDLES = 8;
/** Rows that a run keeps in mind between its batches. */
const MOST_KNOWN = 10_000;

/** Reads and parses events for several views that fold the same batches: the last batch is kept. */
export function eventReader(sources: Sources): ReadEvents {
  let last:
    | { readonly from: number; readonly to: number; readonly events: Promise<readonly Folded[]> }
    | undefined;
  return (from, to) => {
    if (last?.from !== from || last.to !== to) {
      const events = readEvents(sources, from, to);
      last = { from, to, events };
      events.catch(() => (last = undefined));
    }
    return last.events;
  };
}

async function readEvents({ log, store }: Sources, from: number, to: number): Promise<Folded[]> {
  const batch: Folded[] = [];
  for await (const { position, bytes } of replay(log, from, to))
    batch.push({ position, event: readOr(bytes) });
  const firsts = await firstsOf(batch, store);
  return batch.map((folded) => withFirst(folded, firsts));
}

/** With the first event of its thing, from which views go on. */
function withFirst(folded: Folded, firsts: ReadonlyMap<string, First | Error>): Folded {
  const { position, event } = folded;
  const first = event instanceof Error ? undefined : firsts.get(event.subject);
  if (!first) return folded;
  return first instanceof Error ? { position, event: first } : { position, event, first };
}

/** The first events of the things that this batch goes on with, by stream: of the batch itself, else of the store. */
async function firstsOf(
  batch: readonly Folded[],
  store: Projector['store'],
): Promise<Map<string, First | Error>> {
  const firsts = new Map<string, First | Error>();
  const wanted = new Set<string>();
  for (const { event } of batch) {
    if (event instanceof Error || !isThing(event)) continue;
    if (isFirst(event)) firsts.set(event.subject, new First(event));
    else if (!firsts.has(event.subject)) wanted.add(event.subject);
  }
  for (const [, streams] of wavesOf([...wanted])) {
    const commits = await Promise.all(streams.map((stream) => store.get(stream, 1)));
    for (const commit of commits) {
      const event = commit?.events[0] && readOr(commit.events[0]);
      if (commit && event) firsts.set(commit.stream, event instanceof Error ? event : new First(event));
    }
  }
  return firsts;
}

function readOr(bytes: Uint8Array): RecordedEvent | Error {
  try {
    return readEvent(bytes);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/**
 * Folds what is published and not yet folded into every generation that may be read, as long as `goOn` says so; a
 * rebuild folds its own. Gives the event that stopped the one that is read, where one did. Rows of an older fold stay
 * as they are.
 */
export async function catchUp(
  projector: Projector,
  view: View,
  read: ReadEvents = eventReader(projector),
  goOn: () => boolean = () => true,
): Promise<Checkpoint['stopped']> {
  const { live, building, generations } = await readProjection(projector.views, view);
  const foldings = Object.keys(generations)
    .map(Number)
    .filter((number) => number !== building)
    // In step, and what is read last: whoever wants to go back finds the other no further behind.
    .sort((a, b) => Number(a === live) - Number(b === live))
    .map((number) => startFolding(projector, view, number, read));
  for (let more = true; more && goOn();) {
    more = false;
    for (const folding of foldings) if (await folding.step(BATCH_BUNDLES)) more = true;
  }
  return (await readProjection(projector.views, view)).generations[live]?.stopped;
}

export interface Folding {
  /**
   * Folds the next so many bundles of what is published. False where all is folded that was published when it began,
   * where the view is stopped, or where the generation is gone or of another version of the fold.
   */
  step(bundles: number): Promise<boolean>;
}

/**
 * One run over a generation: it keeps rows in mind from batch to batch, as long as nobody else folds it meanwhile. No
 * two runs may write at once: one that is late would put rows of its batch over later ones. Whoever can't be sure to
 * be alone says so by `mayWrite`, which is asked before each batch is written.
 */
export function startFolding(
  { state, views, log, store }: Projector,
  view: View,
  number: number,
  read: ReadEvents = eventReader({ log, store }),
  mayWrite: () => boolean = () => true,
  /** Of the run: it has written the last batch, and moved the checkpoint behind it. */
  alone = false,
): Folding {
  const generation: Generation = { view: view.name, number };
  let known: Rows = new Map();
  return {
    async step(bundles) {
      const { published } = await readHead(state);
      const checkpoint = (await readProjection(views, view)).generations[number];
      if (checkpoint?.version !== view.version || checkpoint.next >= published) return false;
      const from = checkpoint.next;
      const end = Math.min(published, from - (from % TILE_WIDTH) + bundles * TILE_WIDTH);
      const batch = await read(from, end);
      const rows = known;
      const wasAlone = alone;
      // Whatever fails from here on, what is known is read anew.
      known = new Map();
      alone = false;
      const outcome = await foldBatch({
        views,
        view,
        generation,
        batch,
        from,
        known: rows,
        alone: wasAlone,
      });
      if (!mayWrite()) return false;
      await writeRows(views, generation, outcome.changes);
      // A crash here leaves rows from beyond the checkpoint; folding them again writes the same rows.
      const { next, stopped } = outcome;
      const moved = await advance(views, view, number, from, {
        version: view.version,
        next,
        ...(stopped ? { stopped } : {}),
      });
      alone = moved && !stopped;
      if (moved && rows.size <= MOST_KNOWN) known = rows;
      return !stopped && next < published;
    },
  };
}

/** False where somebody else has folded this batch meanwhile, or the generation is gone. */
async function advance(
  views: Table,
  view: View,
  number: number,
  from: number,
  checkpoint: Checkpoint,
): Promise<boolean> {
  let moved = false;
  await changeProjection(views, view, (projection) => {
    const before = projection.generations[number];
    moved = before !== undefined && before.next === from;
    if (!moved || same(before, checkpoint)) return undefined;
    return { ...projection, generations: { ...projection.generations, [number]: checkpoint } };
  });
  return moved;
}
