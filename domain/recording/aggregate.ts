// The interface of an aggregate: `evolve` folds its events to a state, and `decide` turns a command into new events.
import type { RecordedEvent } from '../../events/envelope.ts';
import type { EventType, NewEvent } from '../../events/vocabulary.ts';

export interface Aggregate<State, Command, T extends EventType> {
  readonly initial: State;
  readonly types: readonly T[];
  /** Returns the state after an event. Checks no rules, because the history is final. */
  evolve(state: State, event: RecordedEvent<T>): State;
  /** Returns the events that a command causes; an empty list if the state already agrees. @throws Refusal */
  decide(state: State, command: Command): NewEvent<T>[];
}

/** Folds events of a stream to a state. @throws Error if an event belongs to another aggregate */
export const foldEvents = <S, C, T extends EventType>(
  aggregate: Aggregate<S, C, T>,
  events: readonly RecordedEvent[],
  before: S = aggregate.initial,
): S => events.reduce((state, event) => stateAfter(aggregate, state, event), before);

/** Returns the state after one event of a stream. @throws Error if the event belongs to another aggregate */
export function stateAfter<S, C, T extends EventType>(
  aggregate: Aggregate<S, C, T>,
  before: S,
  event: RecordedEvent,
): S {
  const types: readonly EventType[] = aggregate.types;
  if (!types.includes(event.type))
    throw new Error(`${event.id}: a stream such as ${event.subject} cannot contain ${event.type}`);
  return aggregate.evolve(before, event as RecordedEvent<T>);
}

/** Returns true if two JSON values are equal. The order of members does not matter. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isSameJson(left[name], right[name]))
  );
}

/** Returns the fields after a change (RFC 7396, one level): null removes a field. */
export function withChanges<F extends object>(fields: F, changes: object): F {
  const next = { ...fields } as Record<string, unknown>;
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete next[name];
    else next[name] = value;
  }
  return next as F;
}
