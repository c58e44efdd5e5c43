// Makes recorded events for tests as the archive does: writes canonical bytes and reads them.
import { commitBytes, readEvent, type RecordedEvent } from '../../../events/envelope.ts';
import { schemas, type EventType, type NewEvent } from '../../../events/vocabulary.ts';
import { foldEvents, type Aggregate } from '../../../domain/recording/aggregate.ts';
import { Refusal, type RefusalCode } from '../../../domain/errors.ts';

export const AT = '2023-03-04T09:30:00.000Z';
export const BY = 'editor:priya';

/** Returns a readable UUID with this number. */
export const uuid = (n: number): string => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;

/** Returns recorded events of a stream, each in its own commit. */
export function recorded(stream: string, events: readonly NewEvent[], from = 1): RecordedEvent[] {
  return events.map((event, index) => {
    const revision = from + index;
    const header = { stream, revision, time: AT, recordedBy: BY };
    const [bytes] = commitBytes(header, [event], [`${stream}_${uuid(revision)}`]);
    return readEvent(bytes ?? new Uint8Array());
  });
}

/** Returns an event of this type, parsed by its schema. */
export const event = <T extends EventType>(type: T, given: unknown): NewEvent<T> =>
  ({ type, data: schemas[type].parse(given) }) as NewEvent as NewEvent<T>;

/** Folds these events to a state, from their stored form. */
export const given = <S, C, T extends EventType>(
  aggregate: Aggregate<S, C, T>,
  stream: string,
  events: readonly NewEvent[],
): S => foldEvents(aggregate, recorded(stream, events));

/** Returns the events that a command decides after these events. Expects that its repetition decides nothing. */
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
  if (again.length > 0) throw new Error(`the repeated command decides events: ${JSON.stringify(again)}`);
  return events;
}

/** Returns the refusal that `act` throws. @throws Error if `act` returns, or throws another error */
export function refusalOf(act: () => unknown): Refusal {
  let outcome: unknown;
  try {
    outcome = act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`the command was not refused, and returned ${JSON.stringify(outcome)}`);
}

export const codeOf = (act: () => unknown): RefusalCode => refusalOf(act).code;
