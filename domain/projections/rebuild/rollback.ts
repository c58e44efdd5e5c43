// The rollback of read models: makes a kept generation the live one again.
import { Refusal } from '../../errors.ts';
import { changeGenerations, liveCheckpoints, type Generations } from '../catalog.ts';
import { isBehind, isKept, rolledBack } from '../transitions.ts';
import type { ReadModel } from '../views/read-model.ts';
import { readModels } from '../views/read-models.ts';
import { changeRebuild, readRebuild } from './rebuild-record.ts';
import type { RebuildRequestContext } from './requests.ts';

/**
 * Makes generation `to` live again. @throws Refusal `no-way-back` if it is not kept, has another fold version, or is behind.
 */
export async function rollBack(
  { catalog, clock, rollbackRetentionMs, models = readModels }: RebuildRequestContext,
  to: number,
  by: string,
): Promise<Generations> {
  let from: number | undefined = to;
  const generations = await changeGenerations(catalog, (before) => {
    from = before.live;
    if (from === to) return undefined;
    const why = whyUnavailable(models, before, to, clock());
    if (why) throw new Refusal('no-way-back', why.reason, { behind: why.behind });
    return rolledBack(before, to, clock() + rollbackRetentionMs);
  });
  const newer = Math.max(from, to);
  if (from !== to && (await readRebuild(catalog, newer)))
    await changeRebuild(catalog, newer, (before) => ({ ...before, wentBack: { by, at: clock(), to } }));
  return generations;
}

/** Returns why generation `to` cannot become live. `behind` is true if a retry may succeed. */
function whyUnavailable(
  models: readonly ReadModel[],
  generations: Generations,
  to: number,
  now: number,
): { reason: string; behind: boolean } | undefined {
  if (!isKept(generations, to, now)) {
    const others = Object.keys(generations.kept ?? {}).filter((each) =>
      isKept(generations, Number(each), now),
    );
    return {
      reason:
        others.length > 0
          ? `generation ${to} is not kept: roll back to ${others.join(' or ')} instead`
          : 'no generation is kept: a rollback is possible only during the retention period after a rebuild or a rollback',
      behind: false,
    };
  }
  const kept = generations.generations[to] ?? {};
  const live = liveCheckpoints(generations) ?? {};
  const other = models.find(({ name, version }) => kept[name] && kept[name].version !== version);
  if (other)
    return {
      reason: `generation ${to} has rows of version ${kept[other.name]?.version} of ${other.name}, but this release folds version ${other.version}: deploy a release that folds version ${kept[other.name]?.version} first`,
      behind: false,
    };
  if (!isBehind(kept, live)) return undefined;
  const stopped = Object.entries(kept).find(([, checkpoint]) => checkpoint.stopped);
  const why = stopped
    ? `${stopped[0]} is stopped at position ${stopped[1].stopped?.position}: ${stopped[1].stopped?.reason}`
    : 'try again in a moment';
  return { reason: `generation ${to} is behind the live generation: ${why}`, behind: !stopped };
}
