// Whom and what a thing names, whole lists: what views find it by, however much of it a summary shows.
import type { RecordedEvent } from '../../events/envelope.ts';
import type { Party } from '../../events/pieces.ts';

export interface Named {
  /** Ids of actors by the field that names them. The guesser of a speculated statement is among its attributedBy. */
  readonly actors: Readonly<Record<string, readonly string[]>>;
  readonly topics: readonly string[];
  /** Ids of the meetings, statements and opinions that it belongs to or regards, by field. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

export const nobody: Named = { actors: {}, topics: [], targets: {} };

/** What a thing names after an event of its own stream. */
export function named(before: Named | undefined, event: RecordedEvent): Named {
  const data: object = 'changes' in event.data ? event.data.changes : event.data;
  return Object.entries(data).reduce(
    (names, [field, value]) => nameField(names, field, value),
    before ?? nobody,
  );
}

function nameField(names: Named, field: string, value: unknown): Named {
  switch (field) {
    case 'participants':
    case 'speakers':
    case 'addressees':
    case 'attributedBy':
    case 'by': {
      const parties = [value].flat() as Party[];
      const ids = parties.flatMap((party) => [party.actor, party.for]).filter((id) => id !== undefined);
      return { ...names, actors: { ...names.actors, [field]: [...new Set(ids)] } };
    }
    case 'about':
      return { ...names, actors: { ...names.actors, about: value as string[] } };
    case 'topics':
      return { ...names, topics: value as string[] };
    case 'meetingId':
    case 'within':
      return { ...names, targets: { ...names.targets, [field]: value === null ? [] : [value as string] } };
    case 'regarding': {
      const ids = (value as { id: string }[]).map(({ id }) => id);
      return { ...names, targets: { ...names.targets, regarding: [...new Set(ids)] } };
    }
    default:
      return names;
  }
}

export const actorsNamed = ({ actors }: Named): string[] => [...new Set(Object.values(actors).flat())];
export const targetsNamed = ({ targets }: Named): string[] => [...new Set(Object.values(targets).flat())];
