// How far each view is, and which of its generations readers see: one item per view, changed by compare-and-swap, so
// that no reader is ever moved to rows that are further behind. domain/rebuild/turns.ts has what changes it.
import type { StoredItem, Table } from './ports.ts';
import type { View } from './views/view.ts';

/** How far one generation of a view is. */
export interface Checkpoint {
  /** Version of the fold that made its rows. */
  readonly version: number;
  /** Position of the next event to fold: so many are folded. */
  readonly next: number;
  /** The event that it could not fold, and why; it serves what it has and tries again. */
  readonly stopped?: { readonly position: number; readonly reason: string };
}

/** A view's generations by number, and the one that is read. */
export interface Projection {
  readonly live: number;
  /** The generation that a rebuild is folding; nobody reads it. */
  readonly building?: number;
  /** Those that were read before: each may be read again, until so many milliseconds since 1970. */
  readonly kept?: Readonly<Record<number, number>>;
  /** Those whose rows are to go, and since when (milliseconds since 1970) nobody begins to read or fold them. */
  readonly removing?: Readonly<Record<number, number>>;
  /** The highest number that any of them ever had; 1 without it. */
  readonly last?: number;
  readonly generations: Readonly<Record<number, Checkpoint>>;
}

/** The number of the item's writes comes with it, for the next one. */
export type StoredProjection = Projection & { readonly writes: number };

const PARTITION = 'projections';

/** A view that has never been folded has an empty first generation. */
const begun = ({ version }: View): StoredProjection => ({
  live: 1,
  generations: { 1: { version, next: 0 } },
  writes: 0,
});

export async function readProjection(views: Table, view: View): Promise<StoredProjection> {
  const item = await views.get(PARTITION, view.name);
  return item ? stored(item) : begun(view);
}

/** Those of many views at once. */
export async function readProjections(
  views: Table,
  wanted: readonly View[],
): Promise<Map<string, StoredProjection>> {
  const found = new Map<string, StoredProjection>(wanted.map((view) => [view.name, begun(view)]));
  for (const item of await views.getAll(wanted.map(({ name }) => ({ partition: PARTITION, sort: name }))))
    found.set(item.sort, stored(item));
  return found;
}

/** Until several were kept, an item named one. */
interface StoredBefore extends Projection {
  readonly previous?: { readonly number: number; readonly until: number };
}

function stored({ body, version }: StoredItem): StoredProjection {
  const { previous, ...projection } = body as StoredBefore;
  const kept = previous && { kept: { [previous.number]: previous.until } };
  return { ...projection, ...kept, writes: version };
}

/**
 * Changes a view's item to what `change` makes of it as it stands; undefined leaves it. Tries again while others are
 * faster. Gives the item as it stands then.
 */
export async function changeProjection(
  views: Table,
  view: View,
  change: (before: Projection) => Projection | undefined,
): Promise<Projection> {
  for (;;) {
    const { writes, ...before } = await readProjection(views, view);
    const after = change(before);
    if (after === undefined) return before;
    if (await views.putIf({ partition: PARTITION, sort: view.name, body: after }, writes)) return after;
  }
}

/** The checkpoint of a generation that must be there. */
export function checkpointOf({ generations }: Projection, number: number): Checkpoint {
  const checkpoint = generations[number];
  if (!checkpoint)
    throw new Error(
      `generation ${number} is used, but only ${Object.keys(generations).join(', ')} are there`,
    );
  return checkpoint;
}

/** The checkpoint of the generation that readers see. */
export const liveCheckpoint = (projection: Projection): Checkpoint =>
  checkpointOf(projection, projection.live);
