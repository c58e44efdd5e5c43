// What the archive says of its read models and their rebuilds, for people.
import type { ShownProjection } from '../../../functions/api/routes/projection-routes.ts';
import type { ShownRebuild } from '../../../functions/api/schemas/rebuild-schema.ts';
import { labelled, plain } from './print.ts';

const number = (value: number): string => value.toLocaleString('en');
const percent = ({ done, total }: { done: number; total: number }): number =>
  total === 0 ? 100 : Math.floor((100 * done) / total);

/** One line for each read model; then what is the same for all of them: the rebuild, and what can be gone back to. */
export function projectionsText(projections: readonly ShownProjection[]): string {
  const { rebuild, kept = [] } = projections[0] ?? {};
  return [
    labelled(projections.map((each) => [each.view, projectionText(each)])).join('\n'),
    ...(rebuild ? [rebuildText(rebuild)] : []),
    ...kept.map(({ generation, until }) => `generation ${generation} can be gone back to until ${until}`),
  ].join('\n');
}

function projectionText(projection: ShownProjection): string {
  const { status, size, lag, version, wanted, generation, stopped } = projection;
  const parts = [
    status === 'caught-up' ? 'caught up' : status,
    `${number(size - lag)} of ${number(size)} events folded`,
    generation === null
      ? 'no generation can be read yet'
      : `version ${version}${version === wanted ? '' : ` (to be ${wanted})`}, generation ${generation}`,
    ...(stopped ? [`stopped at ${stopped.position}: ${stopped.reason}`] : []),
  ];
  return plain(parts.join('; '));
}

/** How far it is, or how it ended, and what it found. */
export function rebuildText(rebuild: ShownRebuild): string {
  const { id, phase, progress, stopped, drift, cancelled } = rebuild;
  const { secondsLeft } = progress ?? {};
  const left = secondsLeft === undefined ? '' : `, ${secondsLeft} s left`;
  const parts = [
    phase === 'drifted' ? 'waits to be accepted or cancelled' : phase,
    ...(progress && isUnderWay(rebuild) ? [`${percent(progress)} %${left}`] : []),
    ...(stopped ? [`stopped at ${stopped.position}: ${stopped.reason}`] : []),
    ...(cancelled?.why === 'superseded'
      ? ['a read model has another version now, or the log is shorter than what was folded']
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

/** Goes on by itself: it neither is over nor waits for somebody. */
export const isUnderWay = ({ phase, waits }: ShownRebuild): boolean =>
  !waits && phase !== 'switched' && phase !== 'unchanged' && phase !== 'cancelled';

/** What differs, an example a line. */
export const examplesText = ({ drift }: ShownRebuild): string[] =>
  (drift?.examples ?? []).map(({ kind, partition, sort, from, pointer = '', live, built }) =>
    plain(
      `${kind}: ${partition} ${sort}, made at ${from}${pointer === '' ? '' : `, ${pointer}`}: ${live ?? 'nothing'} is read, the history gives ${built ?? 'nothing'}`,
    ),
  );
