// What the API says of a rebuild: who asked for it and why, how far it is and how long it still takes, what the
// comparison with the rows that are read has found, and how it ended.
import { z } from '@hono/zod-openapi';
import type { Projection } from '../../domain/projections.ts';
import { hasEnded, type Act, type Progress, type Rebuild } from '../../domain/rebuild/records.ts';
import { waits } from '../../domain/rebuild/run.ts';
import type { View } from '../../domain/views/view.ts';

const act = z.object({ by: z.string(), at: z.string().describe('RFC 3339') });

export const stoppedSchema = z
  .object({ position: z.int(), reason: z.string() })
  .describe('The event that could not be folded, and why');

const progressSchema = z.object({
  unit: z.enum(['events', 'sixteenths']).describe('sixteenths of the rows, while they are compared'),
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
      .describe('The rows are compared as they stood up to this one; -1: there was nothing to compare'),
    rows: z.int(),
    missing: z.int().describe('Rows that are read and were not built'),
    extra: z.int().describe('Rows that were built and are not read'),
    different: z.int(),
    examples: z.array(
      z.object({
        kind: z.enum(['missing', 'extra', 'different']),
        partition: z.string(),
        sort: z.string(),
        from: z.int().describe('Position of the event that made the row'),
        pointer: z.string().optional().describe('JSON Pointer to the first member that differs'),
        live: z.string().optional().describe('What is read there, as JSON, cut to 200 characters'),
        built: z.string().optional().describe('What was built'),
      }),
    ),
  })
  .describe('What was built, compared with what is read');

export const rebuildSchema = z.object({
  view: z.string(),
  id: z.int().describe('The generation that it makes'),
  version: z.int().describe('Of the fold'),
  reason: z.enum(['requested', 'scheduled', 'new-version']),
  started: act,
  phase: z
    .enum(['folding', 'comparing', 'drifted', 'switching', 'cancelling', 'switched', 'cancelled'])
    .describe('`drifted` waits to be accepted or cancelled; `switched` and `cancelled` are over'),
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
    .describe('`superseded`: the fold has another version now'),
  endedAt: z.string().optional().describe('RFC 3339'),
  wentBack: act
    .extend({ to: z.int().describe('The generation that is read since') })
    .optional()
    .describe('The last time that readers went back from what it made, or to it'),
});

export type ShownRebuild = z.output<typeof rebuildSchema>;

/** `projection` as it stands. */
export function shownRebuild(view: View, rebuild: Rebuild, projection: Projection): ShownRebuild {
  const { id, version, reason, phase, started, progress, drift } = rebuild;
  const { accepted, cancelled, endedAt, wentBack } = rebuild;
  const stopped = projection.building === id ? projection.generations[id]?.stopped : undefined;
  return {
    view: view.name,
    id,
    version,
    reason,
    started: shownAct(started),
    phase,
    waits: waits(rebuild, projection),
    // What was noted last is from before the end.
    ...(progress && !hasEnded(rebuild) ? { progress: shownProgress(progress) } : {}),
    ...(stopped ? { stopped } : {}),
    ...(drift ? { drift: { ...drift, examples: [...drift.examples] } } : {}),
    ...(accepted ? { accepted: shownAct(accepted) } : {}),
    ...(cancelled ? { cancelled: { ...shownAct(cancelled), why: cancelled.why } } : {}),
    ...(endedAt === undefined ? {} : { endedAt: instantOf(endedAt) }),
    ...(wentBack ? { wentBack: { ...shownAct(wentBack), to: wentBack.to } } : {}),
  };
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
