// Summarises a record in one line, for titles of feed entries.
import type { Party } from '../../../events/shared-pieces.ts';
import type { ActorName } from '../../../domain/queries/actors/actor-names.ts';
import { clipText } from '../../../domain/projections/state/clip.ts';
import type { Summary } from '../../../domain/projections/state/summary-shape.ts';

type Names = Readonly<Record<string, ActorName>>;

const MAX_CHARACTERS = 160;

/** Returns the speakers and words of a record, or the title of a meeting. A certainty below `asserted` is appended. */
export function headlineOf({ kind, status, fields }: Summary, names: Names): string {
  const { title = '', by, speakers = [], act = '', content, summary, form, certainty } = fields;
  const doubt = certainty === 'asserted' ? '' : ` [${certainty}]`;
  if (kind === 'meeting') return `${title}${status === 'held' ? '' : ` (${status})`}${doubt}`;
  const words = clipText(content ?? summary ?? '', MAX_CHARACTERS);
  const quoted = form === 'direct' && content !== undefined ? `“${words}”` : words;
  const who = (by ? [by] : speakers).map((party) => nameOf(party, names)).join(', ');
  const did = kind === 'statement' ? `${who} ${act}` : who;
  return `${did}${quoted === '' ? '' : `: ${quoted}`}${doubt}`;
}

const nameOf = ({ actor, description = '' }: Party, names: Names): string =>
  actor === undefined ? description : (names[actor]?.name ?? actor);
