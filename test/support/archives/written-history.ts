// Histories to test with: recorded events made as the archive makes them, by writing canonical bytes and reading them.
import { commitBytes, readEvent, type RecordedEvent } from '../../../events/envelope.ts';
import { schemas, type EventType, type NewEvent } from '../../../events/vocabulary.ts';
import { foldEvents, type Aggregate } from '../../../domain/recording/aggregate.ts';
import { Refusal, type RefusalCode } from '../../../domain/errors.ts';

export const AT = '2023-03-04T09:30:00.000Z';
export const BY = 'editor:priya';

/** A UUID for this number, so that ids are told apart at a glance. */
export const uuid = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;

/** A stream whose events are each recorded in a commit of its own. */
export function recorded(stream: string, events: readonly NewEvent[], from = 1): RecordedEvent[] {
  return events.map((event, index) => {
    const revision = from + index;
    const header = { stream, revision, time: AT, recordedBy: BY };
    const [bytes] = commitBytes(header, [event], [`${stream}_${uuid(revision)}`]);
    return readEvent(bytes ?? new Uint8Array());
  });
}

/** An event of this type from what its schema takes. */
export const event = <T extends EventType>(type: T, given: unknown): NewEvent<T> =>
  ({ type, data: schemas[type].parse(given) }) as NewEvent as NewEvent<T>;

/** The state after these events; they pass through their stored form on the way. */
export const given = <S, C, T extends EventType>(
  aggregate: Aggregate<S, C, T>,
  stream: string,
  events: readonly NewEvent[],
): S => foldEvents(aggregate, recorded(stream, events));

/** What is decided after these events. The same command on top of its own events must find it done already. */
export function decided<S, C, T extends EventType>(
  aggregate: Aggregate<S, C, T>,
  stream: string,
  history: readonly NewEvent[],
  command: NoInfer<C>,
): NewEvent[] {
  const decide = (events: readonly NewEvent[]) =>
    aggregate.decide(given(aggregate, stream, events), command) as NewEvent[];
  const events = decide(history);
  const again = decide([...history, ...events]);
  if (again.length > 0) throw new Error(`given twice, it decides again: ${JSON.stringify(again)}`);
  return events;
}

/** The refusal that `act` throws; anything else, or nothing, fails the test. */
export function refusalOf(act: () => unknown): Refusal {
  let outcome: unknown;
  try {
    outcome = act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`this was not refused: ${JSON.stringify(outcome)}`);
}

export const codeOf = (act: () => unknown): RefusalCode => refusalOf(act).code;
