// What the API says of a rebuild: who asked for it and why, how far it is and how long it still takes, what the
// comparison with the rows that are read has found, and how it ended.
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
  .describe('The event that could not be folded, and why');

const progressSchema = z.object({
  unit: z
    .enum(['events', 'rows'])
    .describe(
      'Rows while they are compared: once if nothing differs, else twice more, each time from the first one on',
    ),
  done: z.int(),
  total: z.int(),
  rate: z.number().optional().describe('How many a second'),
  secondsLeft: z.int().optional().describe('Until this phase is over, at this rate'),
  at: z.string().describe('RFC 3339: when this was noted'),
});

const driftSchema = z
  .object({
    position: z
      .int()
      .describe('The rows of events up to this one are compared; -1: there was nothing to compare'),
    rows: z.int(),
    missing: z.int().describe('Rows that the history gives and that are not read'),
    extra: z.int().describe('Rows that are read and that the history does not give'),
    different: z.int(),
    examples: z.array(
      z.object({
        kind: z.enum(['missing', 'extra', 'different']),
        partition: z.string(),
        sort: z.string(),
        from: z.int().describe('Position of the event that made the row'),
        pointer: z.string().optional().describe('JSON Pointer to the first member that differs'),
        live: z
          .string()
          .optional()
          .describe(
            'What is read there, as JSON, cut to 200 characters; tombstone, without quotes: the row ends',
          ),
        built: z.string().optional().describe('What the history gives'),
      }),
    ),
    unreadable: z
      .string()
      .optional()
      .describe('Why what is read could not be read; the counts say nothing then'),
  })
  .describe('What is read, compared with what the history gives');

export const rebuildSchema = z.object({
  view: z.string().describe('The read model under whose name it was asked for; it is one rebuild of all'),
  id: z.int().describe('The generation that it makes'),
  version: z.int().describe('Of this read model'),
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
      '`checking` writes no rows; `drifted` waits to be accepted or cancelled; `switched`, `unchanged` and `cancelled` are over',
    ),
  waits: z
    .boolean()
    .describe(
      'It goes on only once somebody accepts or cancels it, or deploys a fold for the event that it is stopped at, which the rows that are read have',
    ),
  progress: progressSchema.optional().describe('How far it is, where it is not over'),
  stopped: stoppedSchema.optional(),
  drift: driftSchema.optional(),
  accepted: act.optional().describe('Switched in spite of its drift'),
  cancelled: act
    .extend({ why: z.enum(['requested', 'superseded']) })
    .optional()
    .describe(
      '`superseded`: a read model has another version now, or the log is shorter than what was folded',
    ),
  endedAt: z.string().optional().describe('RFC 3339'),
  wentBack: act
    .extend({ to: z.int().describe('The generation that is read since') })
    .optional()
    .describe('The last time that readers went back from what it made, or to it'),
});

export type ShownRebuild = z.output<typeof rebuildSchema>;

/** `generations` as they are now. */
export function shownRebuild(model: ReadModel, rebuild: Rebuild, generations: Generations): ShownRebuild {
  const { id, versions, reason, phase, started, progress, drift } = rebuild;
  const { accepted, cancelled, endedAt, wentBack } = rebuild;
  const isOver = hasEnded(rebuild);
  const stopped = isOver ? undefined : stoppedOf(model, foldedBy(rebuild, generations));
  return {
    view: model.name,
    id,
    version: versions[model.name] ?? model.version,
    reason,
    started: shownAct(started),
    phase,
    waits: waitsIn(rebuild, generations),
    // What was noted last is from before the end.
    ...(progress && !isOver ? { progress: shownProgress(progress) } : {}),
    ...(stopped ? { stopped } : {}),
    ...(drift ? { drift: { ...drift, examples: [...drift.examples] } } : {}),
    ...(accepted ? { accepted: shownAct(accepted) } : {}),
    ...(cancelled ? { cancelled: { ...shownAct(cancelled), why: cancelled.why } } : {}),
    ...(endedAt === undefined ? {} : { endedAt: instantOf(endedAt) }),
    ...(wentBack ? { wentBack: { ...shownAct(wentBack), to: wentBack.to } } : {}),
  };
}

/** What stopped this read model; else what stopped another one, which the rebuild waits for, too. */
function stoppedOf(
  { name }: ReadModel,
  checkpoints: Checkpoints,
): z.output<typeof stoppedSchema> | undefined {
  const own = checkpoints[name]?.stopped;
  if (own) return own;
  const other = Object.entries(checkpoints).find(([, { stopped }]) => stopped);
  return other?.[1].stopped && { ...other[1].stopped, reason: `${other[0]}: ${other[1].stopped.reason}` };
}

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
