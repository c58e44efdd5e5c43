// The end of a rebuild: folds what was published meanwhile, and promotes the new generation.
import { readHead } from '../../log/head.ts';
import type { Clock } from '../../ports.ts';
import { changeGenerations, type Checkpoints, type Generations } from '../catalog.ts';
import { foldPlaces, type Projector } from '../catch-up.ts';
import type { ReadModel } from '../views/read-model.ts';
import { promoted } from '../transitions.ts';
import type { Rebuild } from './rebuild-record.ts';

export interface Switching extends Projector {
  readonly clock: Clock;
  readonly graceMs: number;
  readonly models: readonly ReadModel[];
  readonly goOn: () => boolean;
  /** May read models be tried again that an event stopped? */
  readonly retries: boolean;
}

/** Folds and promotions that one step tries. */
const MAX_TRIES = 20;

/**
 * Readers see the new rows after one write. The live generation moves on meanwhile, and whichever folded last is further:
 * it takes a few tries while much is recorded. Returns the generations after the last one.
 */
export async function catchUpAndPromote(
  world: Switching,
  { id, comparison, drift, checkpoints: before }: Rebuild,
): Promise<{ readonly checkpoints: Checkpoints; readonly generations: Generations }> {
  const { catalog, clock, graceMs, goOn } = world;
  const against = comparison?.against;
  // Rows that cannot be read are nothing to go back to, and would hold up the projector.
  const keptMs = drift?.unreadable === undefined ? graceMs : 0;
  let checkpoints = before;
  for (let tries = 1; ; tries++) {
    checkpoints = await catchUpWith(world, id, checkpoints);
    const promotion = { id, checkpoints, against, until: clock() + keptMs };
    const generations = await changeGenerations(catalog, (each) => promoted(each, promotion));
    if (generations.building !== id || generations.live !== against || tries === MAX_TRIES || !goOn())
      return { checkpoints, generations };
  }
}

/** Folds in batches, as the live generation is folded: a window is not begun again. */
async function catchUpWith(world: Switching, id: number, before: Checkpoints): Promise<Checkpoints> {
  let checkpoints = before;
  const tried = new Set<string>();
  for (;;) {
    const { published } = await readHead(world.state);
    const behind = world.models
      .map((model) => ({
        generation: id,
        model,
        checkpoint: checkpoints[model.name] ?? { version: model.version, next: 0 },
      }))
      .filter(({ model, checkpoint }) => checkpoint.next < published && !tried.has(model.name))
      .filter(({ checkpoint }) => !checkpoint.stopped || world.retries);
    const [first] = behind.toSorted((a, b) => a.checkpoint.next - b.checkpoint.next);
    if (!first) return checkpoints;
    const places = behind.filter(({ checkpoint }) => checkpoint.next === first.checkpoint.next);
    const reached = (await foldPlaces(world, places, published)).get(id) ?? {};
    for (const [name, { stopped }] of Object.entries(reached)) if (stopped) tried.add(name);
    checkpoints = { ...checkpoints, ...reached };
  }
}
