// A rebuild in answers of the API: requester, reason, progress and remaining time, drift, and outcome.
import { z } from '@hono/zod-openapi';
import type { Checkpoints, Generations } from '../../../domain/projections/catalog.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import {
  foldedBy,
  hasEnded,
  waitsIn,
  type Act,
  type Progress,
  type Rebuild,
} from '../../../domain/projections/rebuild/rebuild-record.ts';

const act = z.object({ by: z.string(), at: z.string().describe('RFC 3339') });

export const stoppedSchema = z
  .object({ position: z.int(), reason: z.string() })
  .describe('The event that cannot be folded, and why');

const progressSchema = z.object({
  unit: z
    .enum(['events', 'rows'])
    .describe(
      '`rows` while rows are compared: in one scan if no rows differ, else in three, each counted from zero',
    ),
  done: z.int(),
  total: z.int(),
  rate: z.number().optional().describe('Units per second'),
  secondsLeft: z.int().optional().describe('Seconds until the end of this phase at this rate'),
  at: z.string().describe('RFC 3339 time of this progress'),
});

const driftSchema = z
  .object({
    position: z
      .int()
      .describe('Rows of events up to this position are compared; -1 if there was nothing to compare'),
    rows: z.int(),
    missing: z.int().describe('Number of rows that the log gives and that are not live'),
    extra: z.int().describe('Number of live rows that the log does not give'),
    different: z.int(),
    examples: z.array(
      z.object({
        kind: z.enum(['missing', 'extra', 'different']),
        partition: z.string(),
        sort: z.string(),
        from: z.int().describe('Position of the event that wrote the row'),
        pointer: z.string().optional().describe('JSON Pointer to the first member that differs'),
        live: z
          .string()
          .optional()
          .describe(
            'The live value as JSON, at most 200 characters; the word tombstone without quotes if the row does not exist',
          ),
        built: z.string().optional().describe('The value that the log gives'),
      }),
    ),
    unreadable: z
      .string()
      .optional()
      .describe('Why the live rows could not be read. The counts are not meaningful then'),
  })
  .describe('Differences between the live rows and the rows that the log gives');

export const rebuildSchema = z.object({
  view: z.string().describe('The read model in the path. A rebuild always covers all read models'),
  id: z.int().describe('The generation that it builds'),
  version: z.int().describe('Fold version of this read model'),
  reason: z.enum(['first', 'requested', 'scheduled', 'new-version']),
  started: act,
  phase: z
    .enum([
      'checking',
      'folding',
      'comparing',
      'drifted',
      'switching',
      'cancelling',
      'switched',
      'unchanged',
      'cancelled',
    ])
    .describe(
      '`checking` writes no rows; `drifted` awaits an acceptance or a cancellation; `switched`, `unchanged` and `cancelled` have ended',
    ),
  waits: z
    .boolean()
    .describe(
      'True if an operator must accept or cancel it, or deploy a release that can fold the event at which it stopped. False if the live rows are stopped there too',
    ),
  progress: progressSchema.optional().describe('Progress, if it has not ended'),
  stopped: stoppedSchema.optional(),
  drift: driftSchema.optional(),
  accepted: act.optional().describe('Who accepted it in spite of its drift'),
  cancelled: act
    .extend({ why: z.enum(['requested', 'superseded']) })
    .optional()
    .describe('`superseded`: fold versions changed, or the log became shorter than the fold'),
  endedAt: z.string().optional().describe('RFC 3339'),
  wentBack: act
    .extend({ to: z.int().describe('The generation that became live') })
    .optional()
    .describe('The last rollback from its generation or to it'),
});

export type ShownRebuild = z.output<typeof rebuildSchema>;

/** Returns a rebuild as the API shows it. `generations` is the current state of the catalog. */
export function shownRebuild(model: ReadModel, rebuild: Rebuild, generations: Generations): ShownRebuild {
  const { id, versions, reason, phase, started, progress, drift } = rebuild;
  const { accepted, cancelled, endedAt, wentBack } = rebuild;
  const isEnded = hasEnded(rebuild);
  const stopped = isEnded ? undefined : stoppedOf(model, foldedBy(rebuild, generations));
  return {
    view: model.name,
    id,
    version: versions[model.name] ?? model.version,
    reason,
    started: shownAct(started),
    phase,
    waits: waitsIn(rebuild, generations),
    // The last progress is older than the end.
    ...(progress && !isEnded ? { progress: shownProgress(progress) } : {}),
    ...(stopped ? { stopped } : {}),
    ...(drift ? { drift: { ...drift, examples: [...drift.examples] } } : {}),
    ...(accepted ? { accepted: shownAct(accepted) } : {}),
    ...(cancelled ? { cancelled: { ...shownAct(cancelled), why: cancelled.why } } : {}),
    ...(endedAt === undefined ? {} : { endedAt: instantOf(endedAt) }),
    ...(wentBack ? { wentBack: { ...shownAct(wentBack), to: wentBack.to } } : {}),
  };
}

/** Returns why this read model is stopped, or else why another one is, because the rebuild waits for both. */
function stoppedOf(
  { name }: ReadModel,
  checkpoints: Checkpoints,
): z.output<typeof stoppedSchema> | undefined {
  const own = checkpoints[name]?.stopped;
  if (own) return own;
  const other = Object.entries(checkpoints).find(([, { stopped }]) => stopped);
  return other?.[1].stopped && { ...other[1].stopped, reason: `${other[0]}: ${other[1].stopped.reason}` };
}

/** Returns milliseconds since 1970 as an RFC 3339 time. */
export const instantOf = (ms: number): string => new Date(ms).toISOString();

const shownAct = ({ by, at }: Act) => ({ by, at: instantOf(at) });

function shownProgress({ unit, done, total, rate, at }: Progress): z.output<typeof progressSchema> {
  return {
    unit,
    done,
    total,
    ...(rate === undefined ? {} : { rate }),
    ...(rate ? { secondsLeft: Math.ceil((total - done) / rate) } : {}),
    at: instantOf(at),
  };
}
