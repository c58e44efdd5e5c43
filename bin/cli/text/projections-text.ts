// Formats the state of read models and of rebuilds.
import type { ShownProjection } from '../../../functions/api/routes/projection-routes.ts';
import type { ShownRebuild } from '../../../functions/api/schemas/rebuild-schema.ts';
import { labelled, plain } from './print.ts';

const number = (value: number): string => value.toLocaleString('en');
const percent = ({ done, total }: { done: number; total: number }): number =>
  total === 0 ? 100 : Math.floor((100 * done) / total);

/** Returns a line for each read model, then the running rebuild and the generations for a rollback. */
export function projectionsText(projections: readonly ShownProjection[]): string {
  const { rebuild, kept = [] } = projections[0] ?? {};
  return [
    labelled(projections.map((each) => [each.view, projectionText(each)])).join('\n'),
    ...(rebuild ? [rebuildText(rebuild)] : []),
    ...kept.map(({ generation, until }) => `rollback to generation ${generation} is possible until ${until}`),
  ].join('\n');
}

function projectionText(projection: ShownProjection): string {
  const { status, size, lag, version, wanted, generation, stopped } = projection;
  const parts = [
    status === 'caught-up' ? 'caught up' : status,
    `${number(size - lag)} of ${number(size)} events folded`,
    generation === null
      ? 'no generation is readable yet'
      : `version ${version}${version === wanted ? '' : ` (to be ${wanted})`}, generation ${generation}`,
    ...(stopped ? [`stopped at ${stopped.position}: ${stopped.reason}`] : []),
  ];
  return plain(parts.join('; '));
}

/** Returns the progress or the result of a rebuild, with its drift. */
export function rebuildText(rebuild: ShownRebuild): string {
  const { id, phase, progress, stopped, drift, cancelled } = rebuild;
  const { secondsLeft } = progress ?? {};
  const left = secondsLeft === undefined ? '' : `, ${secondsLeft} s left`;
  const parts = [
    phase === 'drifted' ? 'needs a decision: accept or cancel it' : phase,
    ...(progress && isUnderWay(rebuild) ? [`${percent(progress)} %${left}`] : []),
    ...(stopped ? [`stopped at ${stopped.position}: ${stopped.reason}`] : []),
    ...(cancelled?.why === 'superseded'
      ? ['superseded: a read model has another version, or the log is shorter than the folded part']
      : []),
    ...(drift ? [driftText(drift)] : []),
  ];
  return plain(`rebuild ${id} ${parts.join(', ')}`);
}

const driftText = ({
  rows,
  missing,
  extra,
  different,
  unreadable,
}: NonNullable<ShownRebuild['drift']>): string =>
  unreadable !== undefined
    ? `not compared, because the live rows cannot be read: ${unreadable}`
    : missing + extra + different === 0
      ? `${number(rows)} rows compared, no drift`
      : `${number(rows)} rows compared: ${number(missing)} missing, ${number(extra)} extra, ${number(different)} different`;

/** Returns true if the rebuild neither has ended nor needs a decision. */
export const isUnderWay = ({ phase, waits }: ShownRebuild): boolean =>
  !waits && phase !== 'switched' && phase !== 'unchanged' && phase !== 'cancelled';

/** Returns examples of the drift, one on each line. */
export const examplesText = ({ drift }: ShownRebuild): string[] =>
  (drift?.examples ?? []).map(({ kind, partition, sort, from, pointer = '', live, built }) =>
    plain(
      `${kind}: ${partition} ${sort}, position ${from}${pointer === '' ? '' : `, ${pointer}`}: live ${live ?? 'nothing'}, rebuilt ${built ?? 'nothing'}`,
    ),
  );
