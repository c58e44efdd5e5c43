// Formats a meeting's dossier, and the lines of a timeline.
import { dateInWords } from '../../../events/date-words.ts';
import type { Party } from '../../../events/shared-pieces.ts';
import type { ActorName } from '../../../domain/queries/actors/actor-names.ts';
import type { DossierEntry, Side } from '../../../domain/queries/meetings/meeting-dossier.ts';
import {
  recordDateOf,
  type Summary,
  type SummaryFields,
} from '../../../domain/projections/state/summary-shape.ts';
import { itemLine, labelled, plain, wrap } from './print.ts';
import type { MeetingShown } from '../whole-lists.ts';

type Names = Readonly<Record<string, ActorName>>;

/** Returns the dossier as text. `archive` is the address of the API, for links to further responses. */
export function dossierText(
  { meeting, meetings, sides, speculation, opinions, sources, actors, more = {} }: MeetingShown,
  archive: string,
): string {
  const numbers = numbering();
  const left = Object.values(more.responses ?? {});
  const { fields } = meeting;
  const lines = [
    wrap(fields.title ?? meeting.id),
    wrap(headline(meeting)),
    '',
    ...labelled([
      ['Participants', fields.participants?.map((party) => partyText(party, actors)).join('; ')],
      ['Occasion', fields.occasion],
      ['Part of', fields.within],
      ['Outcome', fields.outcome],
      ['Topics', fields.topics.join(', ')],
      ['Certainty', certaintyText(fields, actors)],
      ['Retracted', meeting.retracted?.reason],
      ['Sources', citations(meeting, numbers)],
      ['Title', 'in the archive’s own words'],
    ]),
    ...section('What each side said', sidesText(sides, actors, numbers)),
    ...section('What is only guessed', sidesText(speculation, actors, numbers, 'guessed by ', true)),
    ...section('What others made of it', sidesText(opinions, actors, numbers)),
    ...section(
      'Meetings within it',
      meetings.flatMap((entry) => entryText(entry, actors, numbers, 2)),
    ),
    ...section(
      'More responses than are shown here',
      left.map((path) => wrap(`${archive}${path}`, 2)),
    ),
    ...section(
      'Sources',
      sources
        .toSorted((a, b) => numbers(a.id) - numbers(b.id))
        .flatMap((source) => [
          wrap(
            `[${numbers(source.id)}] ${source.title} — ${source.publisher}${source.publishedOn ? `, ${dateInWords(source.publishedOn)}` : ''}${source.withdrawn ? ' (withdrawn)' : ''}`,
            2,
            4,
          ),
          `      ${source.id}`,
        ]),
    ),
  ];
  return lines.join('\n');
}

/** Returns the number of a source. Sources are numbered in the order of their first citation. */
type Numbers = (id: string) => number;

function numbering(): Numbers {
  const cited = new Map<string, number>();
  return (id) => {
    const number = cited.get(id) ?? cited.size + 1;
    cited.set(id, number);
    return number;
  };
}

function headline({ status, fields, postponedTo, id }: Summary): string {
  const where = fields.place ? `, ${fields.place.printed}` : '';
  const format = fields.format === undefined || fields.format === 'unstated' ? '' : `, ${fields.format}`;
  const minutes = fields.durationMinutes;
  const length = minutes === undefined ? '' : `, ${minutes} minute${minutes === 1 ? '' : 's'}`;
  const later = postponedTo ? `, postponed to ${dateInWords(postponedTo)}` : '';
  return `${status} ${dateText(fields)}${where}${format}${length}${later} · ${id}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, '─'.repeat(title.length), ...lines];
}

function sidesText(sides: readonly Side[], names: Names, numbers: Numbers, by = '', named = false): string[] {
  return sides.flatMap(({ party, entries }) => [
    wrap(`${by}${partyText(party, names)}`, 2),
    ...entries.flatMap((entry) => entryText(entry, names, numbers, 4, named)),
  ]);
}

/** Formats an entry. If `named`, the line names the speaker; else a heading above it does. */
function entryText(
  entry: DossierEntry,
  names: Names,
  numbers: Numbers,
  indent: number,
  named = true,
): string[] {
  const lead = leadText(entry, names, named);
  const text = [dateText(entry.fields), ' · ', lead, lead === '' ? '' : ': ', quoted(entry.fields)].join('');
  const notes = [notesText(entry, names), entry.retracted ? `RETRACTED: ${entry.retracted.reason}` : ''];
  const noted = notes.filter((note) => note !== '').join(' · ');
  return [
    wrap(`${text} ${citations(entry, numbers)}`, indent, 2),
    ...(noted === '' ? [] : [wrap(`(${noted})`, indent + 2)]),
    ...entry.responses.flatMap((response) => entryText(response, names, numbers, indent + 4)),
  ];
}

function leadText({ kind, fields, status }: Summary, names: Names, named: boolean): string {
  if (kind === 'meeting') return `${fields.title} (${status})`;
  if (kind === 'opinion') return fields.by && named ? shortText(fields.by, names) : '';
  const speakers = fields.speakers ?? [];
  const who = named || speakers.length > 1 ? `${list(speakers, names)} ` : '';
  const whom = list(fields.addressees ?? [], names);
  return `${who}${fields.act}${whom === '' ? '' : ` ${TO[fields.act ?? ''] ?? ''}${whom}`}`;
}

/** Prepositions between an act and its addressee. */
const TO: Readonly<Record<string, string>> = {
  said: 'to ',
  demanded: 'of ',
  proposed: 'to ',
  denied: 'to ',
  declined: 'to ',
};

const list = (parties: readonly Party[], names: Names): string =>
  parties.map((party) => shortText(party, names)).join(', ');

/** Puts only direct speech into quotation marks. */
const quoted = ({ form, content = '' }: SummaryFields): string =>
  form === 'direct' ? `“${content}”` : content;

function notesText({ fields, corrections }: Summary, names: Names): string {
  const chain = chainText(fields, names);
  const parts = [
    fields.standing === undefined || fields.standing === 'expert' ? '' : `the ${fields.standing}’s opinion`,
    fields.form === 'indirect' ? 'not verbatim' : '',
    fields.certainty === 'asserted' ? '' : fields.certainty,
    chain === '' ? '' : `according to ${chain}`,
    corrections > 0 ? `corrected ${corrections}×` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

const chainText = ({ attributedBy }: SummaryFields, names: Names): string =>
  attributedBy.map((party) => shortText(party, names)).join(', then ');

function certaintyText(fields: SummaryFields, names: Names): string {
  const chain = chainText(fields, names);
  return chain === '' ? fields.certainty : `${fields.certainty}, according to ${chain}`;
}

function citations({ supportedBy, disputedBy }: Summary, numbers: Numbers): string {
  const cited = (ids: readonly string[]) => ids.map(numbers).toSorted((a, b) => a - b);
  const supporting = cited(supportedBy).map((number) => `[${number}]`);
  const disputing = cited(disputedBy).map((number) => `[disputed by ${number}]`);
  return [...supporting, ...disputing].join('');
}

/** Formats a party: today's name, its capacity at that time, and the actor for whom it spoke. */
function partyText(party: Party, names: Names): string {
  const capacity = party.capacity === undefined ? '' : ` (${party.capacity})`;
  const speaksFor = party.for === undefined ? '' : `, for ${nameOf(party.for, names)}`;
  return `${shortText(party, names)}${capacity}${speaksFor}`;
}

const shortText = (party: Party, names: Names): string =>
  party.actor === undefined ? (party.description ?? '') : nameOf(party.actor, names);

const nameOf = (id: string, names: Names): string => names[id]?.name ?? id;

const dateText = (fields: SummaryFields): string => dateInWords(recordDateOf(fields));

/** Formats one line of a timeline. */
export function timelineLine(summary: Summary, names: Names): string {
  const { fields } = summary;
  const what =
    summary.kind === 'meeting'
      ? `${fields.title} (${summary.status})`
      : `${leadText(summary, names, true)}: ${quoted(fields)}`;
  const mark = summary.retracted ? ' [retracted]' : '';
  const guess = fields.certainty === 'asserted' ? '' : ` [${fields.certainty}]`;
  const text = `${plain(clip(what))}${guess}${mark}`;
  return itemLine(`${plain(dateText(fields)).padEnd(17)} ${text}`, summary.id);
}

const clip = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);
