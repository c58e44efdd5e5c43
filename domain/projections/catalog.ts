// The catalog of read models: generations, the live one, and projection checkpoints. It is one item, so that one
// compare-and-swap moves all checkpoints. transitions.ts has the state transitions.
import { z } from 'zod';
import { Damaged } from '../errors.ts';
import type { Table } from '../ports.ts';

const position = z.int().min(0);
const milliseconds = z.number();

const checkpoint = z.strictObject({
  /** Fold version that wrote the rows. */
  version: z.int(),
  /** Position of the next event to fold. */
  next: position,
  /**
   * The event that the read model cannot fold, and why. Readers see its earlier rows; each call tries the event again.
   */
  stopped: z.strictObject({ position, reason: z.string() }).optional(),
});

/** Keys are numbers of generations; a JSON object has them as text. */
const byNumber = <V extends z.ZodType>(value: V) => z.record(z.string().regex(/^[1-9]\d*$/), value);

const generations = z
  .strictObject({
    /** The live generation. Absent until the first one is folded. */
    live: z.int().min(1).optional(),
    /** The rebuild that has not ended. Readers do not see its generation. */
    building: z.int().min(1).optional(),
    /** Kept generations, with the end of their retention period in milliseconds since 1970. */
    kept: byNumber(milliseconds).optional(),
    /** Retired generations, and since when (milliseconds since 1970). Their rows will be removed. */
    removing: byNumber(milliseconds).optional(),
    /** The highest number that a generation or rebuild ever had. Numbers are not reused. */
    last: z.int().min(0),
    /**
     * Checkpoints of the live and kept generations, and of one that is being promoted, by the name of the read model.
     */
    generations: byNumber(z.record(z.string(), checkpoint)),
  })
  .check(({ value, issues }) => {
    const { live, building, kept = {}, removing = {}, last, generations } = value;
    const readable = [...(live === undefined ? [] : [live]), ...Object.keys(kept).map(Number)];
    const named = [...readable, ...(building === undefined ? [] : [building])];
    const numbers = [...named, ...Object.keys({ ...removing, ...generations }).map(Number)];
    const addIssue = (message: string): void => void issues.push({ code: 'custom', message, input: value });
    for (const number of readable)
      if (!generations[number]) addIssue(`generation ${number} is live or kept, but has no checkpoints`);
    for (const number of numbers) if (number > last) addIssue(`generation ${number} is above last, ${last}`);
    for (const number of named)
      if (removing[number] !== undefined) addIssue(`generation ${number} is in use, but also being removed`);
  });

/** Projection checkpoint of one read model in one generation. */
export interface ProjectionCheckpoint {
  readonly version: number;
  readonly next: number;
  readonly stopped?: { readonly position: number; readonly reason: string };
}

/** Checkpoints by the name of the read model. A read model without one begins at position 0. */
export type ProjectionCheckpoints = Readonly<Record<string, ProjectionCheckpoint>>;

export interface Generations {
  readonly live?: number;
  readonly building?: number;
  readonly kept?: Readonly<Record<number, number>>;
  readonly removing?: Readonly<Record<number, number>>;
  readonly last: number;
  readonly generations: Readonly<Record<number, ProjectionCheckpoints>>;
}

const KEY = { partition: 'read-models', sort: 'generations' };
const EMPTY: Generations = { last: 0, generations: {} };

/** Reads the item and the number of its writes. @throws Damaged if the item does not match the schema. */
async function read(catalog: Table): Promise<readonly [generations: Generations, writes: number]> {
  const item = await catalog.get(KEY.partition, KEY.sort);
  if (!item) return [EMPTY, 0];
  const { success, data, error } = generations.safeParse(item.body);
  if (success) return [data as Generations, item.version];
  const faults = error.issues.map(({ path, message }) => `${path.join('/') || 'item'}: ${message}`);
  throw new Damaged(
    `the catalog of read models (item ${KEY.partition} ${KEY.sort}) is damaged: ${faults.join('; ')}; restore it, or remove it to fold all read models again`,
  );
}

/** Reads the catalog. @throws Damaged if the item does not match the schema. */
export const readGenerations = async (catalog: Table): Promise<Generations> => (await read(catalog))[0];

/**
 * Changes the item by compare-and-swap to the result of `change`, or leaves it if that is undefined. Repeats `change` if
 * another process wrote first. Returns the current state.
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

/** Returns the checkpoints of the live generation, or undefined if no generation is live. */
export const liveCheckpoints = ({ live, generations }: Generations): ProjectionCheckpoints | undefined =>
  live === undefined ? undefined : generations[live];

/** Returns the numbers of the kept generations, then of the live one. */
export const readableGenerations = ({ live, kept = {} }: Generations): number[] => [
  ...Object.keys(kept).map(Number),
  ...(live === undefined ? [] : [live]),
];
