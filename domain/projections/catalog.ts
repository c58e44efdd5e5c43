// The catalog of read models: which generations of rows exist, which one readers see, and how far each read model is in
// each of them. It is one item, changed by compare-and-swap, so that one write moves all checkpoints. The transitions
// are in domain/projections/transitions.ts.
import { z } from 'zod';
import { Damaged } from '../errors.ts';
import type { Table } from '../ports.ts';

const position = z.int().min(0);
const milliseconds = z.number();

const checkpoint = z.strictObject({
  /** Version of the read model that wrote the rows. */
  version: z.int(),
  /** Position of the next event to fold. */
  next: position,
  /** The event that could not be folded, and why. The read model serves its earlier rows, and tries again. */
  stopped: z.strictObject({ position, reason: z.string() }).optional(),
});

/** Keys of a JSON object are text, although they are numbers of generations. */
const byNumber = <V extends z.ZodType>(value: V) => z.record(z.string().regex(/^[1-9]\d*$/), value);

const generations = z
  .strictObject({
    /** The generation that readers see; absent until the first one is folded. */
    live: z.int().min(1).optional(),
    /** The rebuild that has not ended; nobody reads its generation. */
    building: z.int().min(1).optional(),
    /** Generations that were live before: each may be live again, until so many milliseconds since 1970. */
    kept: byNumber(milliseconds).optional(),
    /** Generations that no reader or projector begins to use any more, and since when. Their rows are dropped. */
    removing: byNumber(milliseconds).optional(),
    /** The highest number that a generation or rebuild ever had; numbers are never used again. */
    last: z.int().min(0),
    /** The checkpoints of live and kept generations, and of one that is about to be live, by the name of the read model. */
    generations: byNumber(z.record(z.string(), checkpoint)),
  })
  .check(({ value, issues }) => {
    const { live, building, kept = {}, removing = {}, last, generations } = value;
    const readable = [...(live === undefined ? [] : [live]), ...Object.keys(kept).map(Number)];
    const named = [...readable, ...(building === undefined ? [] : [building])];
    const numbers = [...named, ...Object.keys({ ...removing, ...generations }).map(Number)];
    const complain = (message: string): void => void issues.push({ code: 'custom', message, input: value });
    for (const number of readable)
      if (!generations[number]) complain(`generation ${number} is read, but has no checkpoints`);
    for (const number of numbers) if (number > last) complain(`generation ${number} is above last, ${last}`);
    for (const number of named)
      if (removing[number] !== undefined) complain(`generation ${number} is used and being removed`);
  });

/** How far one read model is in one generation. */
export interface Checkpoint {
  readonly version: number;
  readonly next: number;
  readonly stopped?: { readonly position: number; readonly reason: string };
}

/** By the name of the read model. A read model without one begins at position 0. */
export type Checkpoints = Readonly<Record<string, Checkpoint>>;

export interface Generations {
  readonly live?: number;
  readonly building?: number;
  readonly kept?: Readonly<Record<number, number>>;
  readonly removing?: Readonly<Record<number, number>>;
  readonly last: number;
  readonly generations: Readonly<Record<number, Checkpoints>>;
}

const KEY = { partition: 'read-models', sort: 'generations' };
const NOTHING: Generations = { last: 0, generations: {} };

/** Reads the item, and the number of its writes. @throws Damaged if it is not what this code writes. */
async function read(catalog: Table): Promise<readonly [generations: Generations, writes: number]> {
  const item = await catalog.get(KEY.partition, KEY.sort);
  if (!item) return [NOTHING, 0];
  const { success, data, error } = generations.safeParse(item.body);
  if (success) return [data as Generations, item.version];
  const faults = error.issues.map(({ path, message }) => `${path.join('/') || 'item'}: ${message}`);
  throw new Damaged(
    `the catalog of read models (item ${KEY.partition} ${KEY.sort}) is damaged: ${faults.join('; ')}; restore it, or remove it to fold all read models again`,
  );
}

/** @throws Damaged if the item is not what this code writes. */
export const readGenerations = async (catalog: Table): Promise<Generations> => (await read(catalog))[0];

/**
 * Changes the item to what `change` returns for its current state; undefined leaves it as it is. Tries again if another
 * process was faster. Returns the state after that.
 * @throws Damaged as `readGenerations`.
 */
export async function changeGenerations(
  catalog: Table,
  change: (before: Generations) => Generations | undefined,
): Promise<Generations> {
  for (;;) {
    const [before, writes] = await read(catalog);
    const after = change(before);
    if (after === undefined) return before;
    if (await catalog.compareAndPut({ ...KEY, body: after }, writes)) return after;
  }
}

/** The checkpoints of the generation that readers see; undefined until there is one. */
export const liveCheckpoints = ({ live, generations }: Generations): Checkpoints | undefined =>
  live === undefined ? undefined : generations[live];

/** The numbers of the generations that may be read: kept ones first, the live one last. */
export const readableGenerations = ({ live, kept = {} }: Generations): number[] => [
  ...Object.keys(kept).map(Number),
  ...(live === undefined ? [] : [live]),
];
