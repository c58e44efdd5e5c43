// Refusals of absent resources: each names the resource, the position or time, and what to do.
import { Refusal } from '../../../domain/errors.ts';
import { firstEventTime } from '../../../domain/log/time-index.ts';
import { liveCheckpoints, readGenerations } from '../../../domain/projections/catalog.ts';
import type { ReadModel } from '../../../domain/projections/views/read-model.ts';
import type { ApiContext } from '../api-context.ts';
import type { PageReading } from './pagination.ts';

/** A requested point in history: the text of the parameter, and the position that it resolves to. */
export interface AskedPoint {
  readonly asOf: string | undefined;
  readonly at: number | undefined;
}

export const NOW: AskedPoint = { asOf: undefined, at: undefined };

/**
 * Returns the refusal of a resource that did not exist as of a point. If the point is before the first event, the refusal
 * gives the date of that event.
 */
export async function absent(
  archive: Pick<ApiContext, 'state' | 'log'>,
  what: string,
  { asOf, at }: AskedPoint,
): Promise<Refusal> {
  if (asOf === undefined || at === undefined) return new Refusal('not-found', `no such ${what}`);
  if (at >= 0)
    return new Refusal(
      'not-found',
      `no such ${what} as of ${asOf === String(at) ? `position ${at}` : `${asOf} (position ${at})`}`,
    );
  const firstEvent = await firstEventTime(archive);
  if (firstEvent === undefined)
    return new Refusal('not-found', `no such ${what} as of ${asOf}: the archive has no events yet`);
  return new Refusal(
    'not-found',
    `no such ${what} as of ${asOf}: the archive's first event was recorded on ${firstEvent.slice(0, 10)}; ask for that day or later`,
    { firstEvent },
  );
}

/** Returns the refusal of a dossier or feed, whose read models may lag behind the recorded events. */
export async function absentFrom(
  archive: Pick<ApiContext, 'state' | 'log' | 'store' | 'catalog'>,
  needed: readonly ReadModel[],
  { at }: PageReading,
  params: Readonly<Record<string, unknown>>,
  asOf: string | undefined,
): Promise<Refusal> {
  const { id = '', topic } = params as { id?: string; topic?: string };
  const what = topic === undefined ? `${kindOf(id)} ${id}` : `topic ${topic}`;
  if (asOf !== undefined) return absent(archive, what, { asOf, at });
  if (topic !== undefined)
    return new Refusal(
      'not-found',
      `no such topic: no record has the topic "${topic}"; GET /topics lists the topics`,
    );
  for await (const _ of archive.store.read(id)) {
    const checkpoints = liveCheckpoints(await readGenerations(archive.catalog));
    const stopped = needed.find(({ name }) => checkpoints?.[name]?.stopped);
    const advice = stopped
      ? `read model ${stopped.name} is stopped, GET /projections says why`
      : 'try again, or write with Prefer: wait=5';
    return new Refusal('not-found', `${what} is recorded, but the read models do not have it yet: ${advice}`);
  }
  return absent(archive, what, NOW);
}

const kindOf = (id: string): string => id.slice(0, id.indexOf('-'));
