// A rebuild of all read models at once: in line, or on the threads that the embedded archive has for it.
import type { StartWorkers } from '../../bin/rebuild/workers.ts';
import { eventReader, type Projector } from '../../domain/project.ts';
import { startRebuild } from '../../domain/rebuild/requests.ts';
import { readRebuild, type Phase } from '../../domain/rebuild/records.ts';
import { tending, type Tender } from '../../domain/rebuild/tend.ts';
import { views } from '../../domain/views/all.ts';

const BUNDLES = 8;

/** Resolves once every one has switched; `compares` is called when the first has folded all. */
export async function rebuildAll(projector: Projector, compares: () => void = () => {}): Promise<void> {
  const tender = tenderOf(projector);
  const tend = tending(tender, eventReader(projector));
  const phaseOf = await startAll(tender);
  let folding = true;
  for (let more = true; more;) {
    more = false;
    for (const view of views) if (await tend(view)) more = true;
    if (folding && (await phaseOf(0)) === 'comparing') {
      folding = false;
      compares();
    }
  }
  await expectSwitched(phaseOf);
}

/** As the relay has it, but that what is read meanwhile is not folded on. */
export async function rebuildOnThreads(projector: Projector, start: StartWorkers): Promise<void> {
  const tender = tenderOf(projector);
  const phaseOf = await startAll(tender);
  const workers = start(tender, () => {});
  const tend = tending(tender, eventReader(projector), workers.take);
  for (let more = true; more || workers.busy();) {
    more = false;
    for (const view of views) if (await tend(view)) more = true;
    await workers.settled();
  }
  await workers.stop();
  await expectSwitched(phaseOf);
}

const tenderOf = (projector: Projector): Tender => ({
  ...projector,
  clock: Date.now,
  abortAfter: (ms) => AbortSignal.timeout(ms),
  runner: 'bench',
  bundles: BUNDLES,
  graceMs: 86_400_000,
  lateMs: 60_000,
  alarm: (what, error) => {
    throw new Error(what, { cause: error });
  },
});

type PhaseOf = (n: number) => Promise<Phase | undefined>;

async function startAll(tender: Tender): Promise<PhaseOf> {
  const started = await Promise.all(
    views.map((view) => startRebuild(tender, view, { by: 'bench', reason: 'requested' })),
  );
  return async (n) => {
    const [view, rebuild] = [views[n], started[n]];
    return view && rebuild && (await readRebuild(tender.views, view, rebuild.id))?.phase;
  };
}

async function expectSwitched(phaseOf: PhaseOf): Promise<void> {
  for (const n of views.keys()) {
    const phase = await phaseOf(n);
    if (phase !== 'switched') throw new Error(`the rebuild of ${views[n]?.name} is ${phase}`);
  }
}
