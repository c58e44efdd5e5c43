// Schema of a rebuild in answers: requester, reason, progress, drift against the live rows, and result.
import { z } from '@hono/zod-openapi';
import type { ProjectionCheckpoints, Generations } from '../../../domain/projections/catalog.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import {
  rebuildCheckpoints,
  hasEnded,
  needsDecisionIn,
  type AuditStamp,
  type Progress,
  type Rebuild,
} from '../../../domain/projections/rebuild/rebuild-record.ts';

const act = z.object({ by: z.string(), at: z.string().describe('RFC 3339') });

export const stoppedSchema = z
  .object({ position: z.int(), reason: z.string() })
  .describe('The event that could not be folded, and the reason');

const progressSchema = z.object({
  unit: z
    .enum(['events', 'rows'])
    .describe(
      '`rows` during the comparison. It reads them once if nothing differs, else twice more, each time from the first row on',
    ),
  done: z.int(),
  total: z.int(),
  rate: z.number().optional().describe('Units per second'),
  secondsLeft: z.int().optional().describe('Seconds to the end of this phase, at this rate'),
  at: z.string().describe('RFC 3339: the time of this progress'),
});

const driftSchema = z
  .object({
    position: z
      .int()
      .describe('Rows of events up to this position are compared; -1 if there was nothing to compare'),
    rows: z.int(),
    missing: z.int().describe('Rows that are only in the new generation'),
    extra: z.int().describe('Rows that are only in the live generation'),
    different: z.int(),
    examples: z.array(
      z.object({
        kind: z.enum(['missing', 'extra', 'different']),
        partition: z.string(),
        sort: z.string(),
        from: z.int().describe('The position of the event that wrote the row'),
        pointer: z.string().optional().describe('JSON Pointer to the first member that differs'),
        live: z
          .string()
          .optional()
          .describe(
            'The live value as JSON, cut to 200 characters; tombstone, without quotes, if the row ends',
          ),
        built: z.string().optional().describe('The value in the new generation'),
      }),
    ),
    unreadable: z
      .string()
      .optional()
      .describe('Why the live rows could not be read; the counts are then meaningless'),
  })
  .describe('Differences between the live rows and those of the new generation');

export const rebuildSchema = z.object({
  view: z.string().describe('The read model of the path; a rebuild is always of all read models'),
  id: z.int().describe('The generation that it builds'),
  version: z.int().describe('The fold version of this read model'),
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
      '`checking` writes no rows; `drifted` awaits acceptance or cancellation; `switching` promotes the generation; `switched`, `unchanged` and `cancelled` have ended',
    ),
  waits: z
    .boolean()
    .describe(
      'True if it awaits a decision: accept or cancel it, or deploy a fold for the event at which it stopped. The live rows have that event',
    ),
  progress: progressSchema.optional().describe('The progress, if it has not ended'),
  stopped: stoppedSchema.optional(),
  drift: driftSchema.optional(),
  accepted: act.optional().describe('Who accepted its drift, and when'),
  cancelled: act
    .extend({ why: z.enum(['requested', 'superseded']) })
    .optional()
    .describe(
      '`superseded`: a read model has another fold version now, or the log is shorter than the folded part',
    ),
  endedAt: z.string().optional().describe('RFC 3339'),
  wentBack: act
    .extend({ to: z.int().describe('The generation that is live since then') })
    .optional()
    .describe('The last rollback from its generation, or to it'),
});

export type ShownRebuild = z.output<typeof rebuildSchema>;

/** Returns the rebuild as answers show it. `generations` must be current. */
export function shownRebuild(model: ReadModel, rebuild: Rebuild, generations: Generations): ShownRebuild {
  const { id, versions, reason, phase, started, progress, drift } = rebuild;
  const { accepted, cancelled, endedAt, wentBack } = rebuild;
  const ended = hasEnded(rebuild);
  const stopped = ended ? undefined : stoppedOf(model, rebuildCheckpoints(rebuild, generations));
  return {
    view: model.name,
    id,
    version: versions[model.name] ?? model.version,
    reason,
    started: shownAct(started),
    phase,
    waits: needsDecisionIn(rebuild, generations),
    // The stored progress precedes the end, so it is omitted after it.
    ...(progress && !ended ? { progress: shownProgress(progress) } : {}),
    ...(stopped ? { stopped } : {}),
    ...(drift ? { drift: { ...drift, examples: [...drift.examples] } } : {}),
    ...(accepted ? { accepted: shownAct(accepted) } : {}),
    ...(cancelled ? { cancelled: { ...shownAct(cancelled), why: cancelled.why } } : {}),
    ...(endedAt === undefined ? {} : { endedAt: instantOf(endedAt) }),
    ...(wentBack ? { wentBack: { ...shownAct(wentBack), to: wentBack.to } } : {}),
  };
}

/** Returns the event that stopped this read model, else one that stopped another read model of the rebuild. */
function stoppedOf(
  { name }: ReadModel,
  checkpoints: ProjectionCheckpoints,
): z.output<typeof stoppedSchema> | undefined {
  const own = checkpoints[name]?.stopped;
  if (own) return own;
  const other = Object.entries(checkpoints).find(([, { stopped }]) => stopped);
  return other?.[1].stopped && { ...other[1].stopped, reason: `${other[0]}: ${other[1].stopped.reason}` };
}

export const instantOf = (ms: number): string => new Date(ms).toISOString();

const shownAct = ({ by, at }: AuditStamp) => ({ by, at: instantOf(at) });

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
