// A meeting's dossier as one would like to read it, and the lines of a timeline.
import type { Party } from '../../events/pieces.ts';
import type { Name } from '../../domain/queries/actors.ts';
import type { Entry, MeetingDossier, Side } from '../../domain/queries/meeting-dossier.ts';
import { dateOf, type Summary, type SummaryFields } from '../../domain/views/summary.ts';
import { labelled, plain, wrap } from './print.ts';

type Names = Readonly<Record<string, Name>>;

export function dossierText({
  meeting,
  meetings,
  sides,
  speculation,
  opinions,
  sources,
  actors,
  next,
}: MeetingDossier): string {
  const numbers = new Map(sources.map(({ id }, index) => [id, index + 1]));
  const { fields } = meeting;
  const lines = [
    wrap(fields.title ?? meeting.id),
    wrap(headline(meeting)),
    '',
    ...labelled([
      ['Participants', fields.participants?.map((party) => partyText(party, actors)).join('; ')],
      ['Occasion', fields.occasion],
      ['Outcome', fields.outcome],
      ['Topics', fields.topics.join(', ')],
      ['Certainty', certaintyText(fields, actors)],
      ['Retracted', meeting.retracted?.reason],
      ['Sources', citations(meeting, numbers)],
    ]),
    ...section('What each side said', sidesText(sides, actors, numbers)),
    ...section('What is only guessed', sidesText(speculation, actors, numbers, 'guessed by ')),
    ...section('What others made of it', sidesText(opinions, actors, numbers)),
    ...section(
      'Meetings within it',
      meetings.flatMap((entry) => entryText(entry, actors, numbers, 2)),
    ),
    ...section(
      'Sources',
      sources.flatMap((source) => [
        wrap(
          `[${numbers.get(source.id)}] ${source.title} — ${source.publisher}${source.publishedOn ? `, ${source.publishedOn}` : ''}${source.withdrawn ? ' (withdrawn)' : ''}`,
          2,
          4,
        ),
        `      ${source.id}`,
      ]),
    ),
    ...(next === undefined ? [] : ['', 'There is more: ask for the next page with --json and its Link.']),
  ];
  return lines.join('\n');
}

function headline({ status, fields, postponedTo, id }: Summary): string {
  const where = fields.place ? `, ${fields.place.printed}` : '';
  const format = fields.format === undefined || fields.format === 'unstated' ? '' : `, ${fields.format}`;
  const later = postponedTo ? `, postponed to ${postponedTo}` : '';
  return `${status} ${dateText(fields)}${where}${format}${later} · ${id}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, '─'.repeat(title.length), ...lines];
}

function sidesText(
  sides: readonly Side[],
  names: Names,
  numbers: ReadonlyMap<string, number>,
  by = '',
): string[] {
  return sides.flatMap(({ party, entries }) => [
    wrap(`${by}${partyText(party, names)}`, 2),
    ...entries.flatMap((entry) => entryText(entry, names, numbers, 4, false)),
  ]);
}

/** `named`: who speaks stands in the line; else it stands above, as the side's heading. */
function entryText(
  entry: Entry,
  names: Names,
  numbers: ReadonlyMap<string, number>,
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

/** What stands between an act and whom it is addressed to. */
const TO: Readonly<Record<string, string>> = {
  said: 'to ',
  demanded: 'of ',
  proposed: 'to ',
  denied: 'to ',
  declined: 'to ',
};

const list = (parties: readonly Party[], names: Names): string =>
  parties.map((party) => shortText(party, names)).join(', ');

/** Quotation marks only around words that the source prints as spoken. */
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

function citations({ supportedBy, disputedBy }: Summary, numbers: ReadonlyMap<string, number>): string {
  const number = (id: string) => numbers.get(id) ?? id.slice(0, 16);
  const supporting = supportedBy.map((id) => `[${number(id)}]`);
  const disputing = disputedBy.map((id) => `[disputed by ${number(id)}]`);
  return [...supporting, ...disputing].join('');
}

/** Who it is today, and how the source has it. */
function partyText(party: Party, names: Names): string {
  const capacity = party.capacity === undefined ? '' : ` (${party.capacity})`;
  const speaksFor = party.for === undefined ? '' : `, for ${nameOf(party.for, names)}`;
  return `${shortText(party, names)}${capacity}${speaksFor}`;
}

const shortText = (party: Party, names: Names): string =>
  party.actor === undefined ? (party.description ?? '') : nameOf(party.actor, names);

const nameOf = (id: string, names: Names): string => names[id]?.name ?? id;

/** A date whose beginning the source does not print is said as what it is. */
function dateText(fields: SummaryFields): string {
  const date = dateOf(fields);
  const open = /^\[\.\.(.+)\]$/.exec(date)?.[1];
  return open === undefined ? date : `by ${open}`;
}

/** One line of a timeline. */
export function timelineLine(summary: Summary, names: Names): string {
  const { fields } = summary;
  const what =
    summary.kind === 'meeting'
      ? `${fields.title} (${summary.status})`
      : `${leadText(summary, names, true)}: ${quoted(fields)}`;
  const mark = summary.retracted ? ' [retracted]' : '';
  const guess = fields.certainty === 'asserted' ? '' : ` [${fields.certainty}]`;
  return `${plain(dateText(fields)).padEnd(14)} ${plain(clip(what))}${guess}${mark}  ${summary.id}`;
}

const clip = (text: string): string => (text.length > 100 ? `${text.slice(0, 99)}…` : text);
