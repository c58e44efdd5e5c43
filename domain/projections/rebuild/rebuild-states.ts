// What follows from the record of a rebuild and from the generations that readers see now.
import { liveCheckpoints, type Generations } from '../catalog.ts';
import { isBehind } from '../transitions.ts';
import type { Rebuild } from './rebuild-record.ts';
import { positionsOf } from './requests.ts';
import type { Comparison } from './scan.ts';

/** Readers went back meanwhile: the rows are compared with those that they see now. */
export function startedOver(rebuild: Rebuild, { upTo }: Comparison, generations: Generations): Rebuild {
  const { drift: _, accepted: __, ...others } = rebuild;
  const { phase } = rebuild;
  const live = positionsOf(liveCheckpoints(generations));
  const lowest = Object.entries(upTo).map(([name, next]) => [name, Math.min(next, live[name] ?? 0)]);
  return {
    ...others,
    phase: phase === 'checking' || phase === 'folding' ? phase : 'comparing',
    comparison: { against: generations.live ?? 0, upTo: Object.fromEntries(lowest) as Comparison['upTo'] },
  };
}

/**
 * Does it go on only once somebody has done something? It differs from what is read, or an event stopped it that the rows
 * that are read have. If they are stopped there too it goes on: no reader steps back.
 */
export function waitsIn({ id, phase, checkpoints }: Rebuild, generations: Generations): boolean {
  if (generations.building !== id) return false;
  if (phase === 'drifted') return true;
  const stopped = Object.fromEntries(Object.entries(checkpoints).filter(([, each]) => each.stopped));
  const live = liveCheckpoints(generations) ?? {};
  const same = Object.fromEntries(Object.entries(live).filter(([name]) => stopped[name]));
  return isBehind(stopped, same);
}
