// A rebuild of all read models at once, taken on in turns as the embedded archive does.
import { eventReader, type Projector } from '../../domain/project.ts';
import { startRebuild } from '../../domain/rebuild/requests.ts';
import { readRebuild } from '../../domain/rebuild/records.ts';
import { tending } from '../../domain/rebuild/tend.ts';
import { views } from '../../domain/views/all.ts';

const BUNDLES = 8;

/** Resolves once every one has switched; `compares` is called when the first has folded all. */
export async function rebuildAll(projector: Projector, compares: () => void = () => {}): Promise<void> {
  const tender = {
    ...projector,
    clock: Date.now,
    runner: 'bench',
    bundles: BUNDLES,
    graceMs: 86_400_000,
    lateMs: 60_000,
    alarm: (what: string) => {
      throw new Error(what);
    },
  };
  const started = await Promise.all(
    views.map((view) => startRebuild(tender, view, { by: 'bench', reason: 'requested' })),
  );
  const tend = tending(tender, eventReader(projector));
  const phaseOf = async (n: number) => {
    const [view, rebuild] = [views[n], started[n]];
    return view && rebuild && (await readRebuild(projector.views, view, rebuild.id))?.phase;
  };
  let folding = true;
  for (let more = true; more;) {
    more = false;
    for (const view of views) if (await tend(view)) more = true;
    if (folding && (await phaseOf(0)) === 'comparing') {
      folding = false;
      compares();
    }
  }
  for (const n of views.keys()) {
    const phase = await phaseOf(n);
    if (phase !== 'switched') throw new Error(`the rebuild of ${views[n]?.name} is ${phase}`);
  }
}
