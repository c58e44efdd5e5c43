// Folds a batch of events into the row versions of read models. A fold reads no rows. It needs the batch, and the
// earlier events of streams that began before the batch.
import { UnreadableEvent, type RecordedEvent } from '../../events/envelope.ts';
import { jsonSize } from './state/json-size.ts';
import { slicesOf } from '../concurrency.ts';
import { difference } from './rows/row-difference.ts';
import type { ReadModel } from './views/read-model.ts';
import type { RowVersion } from './rows/row.ts';
import { evolve, stateName, type StreamState } from './state/stream-state.ts';

export interface LogEvent {
  readonly position: number;
  /** An error if the event is unreadable. */
  readonly event: RecordedEvent | Error;
}

/**
 * Returns the events of the same stream before this one, in order.
 * @throws UnreadableEvent if one of them is unreadable.
 */
export type ReadEarlier = (event: RecordedEvent) => Promise<readonly RecordedEvent[]>;

/** The event that stopped a read model, and why. */
export interface Stopped {
  readonly position: number;
  readonly reason: string;
}

/** Row versions of a batch for one read model, up to the event that stopped it if one did. */
export interface FoldResult {
  readonly versions: readonly RowVersion[];
  readonly stopped?: Stopped;
}

/** Maximum number of bytes of a row's body, as JSON in UTF-8. */
export const MAX_ROW_BYTES = 32_768;

/**
 * Folds consecutive events of the log. The versions do not depend on the division into batches. A read model that fails
 * at an event, or whose row is too large, stops there; the others continue. An event that is unreadable, or that cannot
 * follow the earlier events of its stream, stops all read models. Rejects only if `readEarlier` rejects.
 */
export async function foldBatch(
  models: readonly ReadModel[],
  batch: readonly LogEvent[],
  readEarlier: ReadEarlier,
): Promise<Map<ReadModel, FoldResult>> {
  const folds = models.map((model) => new Fold(model));
  const { states, failures } = await statesBefore(readable(batch), readEarlier);
  const lasts = lastOfEachStream(batch);
  for (const { position, event } of batch) {
    try {
      if (event instanceof Error) throw event;
      if (failures.has(event.subject)) throw failures.get(event.subject);
      const name = stateName(event);
      const before = states.get(name);
      const after = evolve(before, event);
      // States are dropped early, so that the garbage collector copies few of them.
      if (lasts.get(event.subject) === event) states.delete(name);
      else states.set(name, after);
      for (const fold of folds) fold.add(position, before, after);
    } catch (error) {
      for (const fold of folds) fold.stop(position, error);
      break;
    }
  }
  return new Map(folds.map((fold) => [fold.model, fold]));
}

/** Folds one read model. */
class Fold implements FoldResult {
  readonly versions: RowVersion[] = [];
  stopped?: Stopped;
  readonly model: ReadModel;

  constructor(model: ReadModel) {
    this.model = model;
  }

  /** Adds the versions of an event, unless the event stops this read model. */
  add(position: number, before: StreamState | undefined, after: StreamState): void {
    if (this.stopped) return;
    try {
      const earlier = before ? this.model.rowsOf(before) : [];
      const rows = this.model.rowsOf(after);
      if (rows.length === 0 && earlier.length === 0) return;
      const versions = difference(earlier, rows, position);
      checkSizes(versions);
      for (const version of versions) this.versions.push(version);
    } catch (error) {
      this.stop(position, error);
    }
  }

  stop(position: number, error: unknown): void {
    this.stopped ??= { position, reason: error instanceof Error ? error.message : String(error) };
  }
}

function checkSizes(versions: readonly RowVersion[]): void {
  let checked: object | undefined;
  for (const { partition, sort, body } of versions) {
    // Rows in several lists often share a body.
    if (body === checked || body === undefined) continue;
    const bytes = jsonSize(body, MAX_ROW_BYTES);
    if (bytes > MAX_ROW_BYTES)
      throw new RangeError(
        `row ${partition} ${sort} takes ${bytes} bytes; the limit is ${MAX_ROW_BYTES}: make its read model shorten it`,
      );
    checked = body;
  }
}

function lastOfEachStream(batch: readonly LogEvent[]): Map<string, RecordedEvent> {
  const lasts = new Map<string, RecordedEvent>();
  for (const { event } of batch) if (!(event instanceof Error)) lasts.set(event.subject, event);
  return lasts;
}

/** Returns the events before the first unreadable one. */
function readable(batch: readonly LogEvent[]): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const { event } of batch) {
    if (event instanceof Error) break;
    events.push(event);
  }
  return events;
}

/** The states of streams that began before the batch. */
interface EarlierStates {
  /** By the name of the state. */
  readonly states: Map<string, StreamState>;
  /** Errors of streams whose earlier events cannot be folded. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/** Folds the earlier events of each stream once. */
async function statesBefore(
  events: readonly RecordedEvent[],
  readEarlier: ReadEarlier,
): Promise<EarlierStates> {
  const states = new Map<string, StreamState>();
  const failures = new Map<string, unknown>();
  const foldEarlier = async (first: RecordedEvent): Promise<void> => {
    const earlier = await readEarlier(first).catch(unlessUnreadable);
    try {
      if (earlier instanceof Error) throw earlier;
      for (const event of earlier) states.set(stateName(event), evolve(states.get(stateName(event)), event));
    } catch (error) {
      failures.set(first.subject, error);
    }
  };
  const firsts = new Map<string, RecordedEvent>();
  for (const event of events) if (!firsts.has(event.subject)) firsts.set(event.subject, event);
  const began = [...firsts.values()].filter(({ revision, n }) => revision > 1 || n > 1);
  for (const [, wave] of slicesOf(began)) await Promise.all(wave.map(foldEarlier));
  return { states, failures };
}

function unlessUnreadable(error: unknown): UnreadableEvent {
  if (error instanceof UnreadableEvent) return error;
  throw error;
}
