// A rebuild of all read models, in line: the rebuild thread takes the same steps.
import type { Projector } from '../../domain/projections/catch-up.ts';
import { readRebuild, type Phase } from '../../domain/projections/rebuild/records.ts';
import { startRebuild } from '../../domain/projections/rebuild/requests.ts';
import { tending, type Tender } from '../../domain/projections/rebuild/tend.ts';

/** Resolves once it has switched; `enters` is called with each phase that it enters. */
export async function rebuildAll(
  projector: Projector,
  enters: (phase: Phase) => void = () => {},
): Promise<void> {
  const tender: Tender = {
    ...projector,
    clock: Date.now,
    graceMs: 86_400_000,
    lateMs: 60_000,
    alarm: (what, error) => {
      throw new Error(what, { cause: error });
    },
  };
  const tend = tending(tender);
  const { id } = await startRebuild(tender, { by: 'bench', reason: 'requested' });
  let phase: Phase | undefined;
  for (let more = true; more;) {
    more = await tend();
    const now = (await readRebuild(tender.catalog, id))?.phase;
    if (now !== undefined && now !== phase) enters(now);
    phase = now;
  }
  if (phase !== 'switched') throw new Error(`the rebuild is ${phase}`);
}
