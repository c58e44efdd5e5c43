// `chancery show ID`: prints the dossier of a meeting or an actor, or a statement, an opinion or an article.
import { sourceUriOf } from '../../../events/envelope.ts';
import type { Evidence, Party } from '../../../events/shared-pieces.ts';
import type { Client } from '../api-client.ts';
import { dated, dateField } from '../text/dates.ts';
import { dossierText, timelineLine } from '../text/dossier-text.ts';
import { labelled, wrap } from '../text/print.ts';
import { UsageError } from '../../usage-error.ts';
import {
  wholeActor,
  wholeArticle,
  wholeMeeting,
  type ActorShown,
  type ArticleShown,
} from '../whole-lists.ts';

interface Shown {
  readonly text: string;
  readonly json: unknown;
}

/** Reads and formats a resource, now or as of a point in the history. @throws UsageError if `id` is not an id */
export async function show(client: Client, id: string, asOf?: string): Promise<Shown> {
  const path = `${sourceUriOf(id)}/${encodeURIComponent(id)}`;
  const query = new URLSearchParams(asOf === undefined ? {} : { asOf });
  switch (id.slice(0, id.indexOf('-'))) {
    case 'meeting': {
      const dossier = await wholeMeeting(client, path, query);
      return { text: dossierText(dossier, client.url), json: dossier };
    }
    case 'actor': {
      const dossier = await wholeActor(client, path, query);
      return { text: actorText(dossier, client.url), json: dossier };
    }
    case 'article': {
      const article = await wholeArticle(client, path, query);
      return { text: articleText(article), json: article };
    }
    case 'statement':
    case 'opinion': {
      const record = await client.get<Record<string, unknown>>(`${path}?${query.toString()}`);
      return { text: recordText(record), json: record };
    }
    default:
      throw new UsageError(
        `"${id}" is not an id: ids begin with article-, meeting-, statement-, opinion- or actor-`,
      );
  }
}

function actorText(dossier: ActorShown, archive: string): string {
  const { actor, items, counterparts = [], stances = [], actors, more = {} } = dossier;
  const { moreCounterparts = 0, moreStances = 0 } = dossier;
  const counts = Object.entries(actor.counts).map(([kind, count]) => `${count} ${kind}`);
  const met = counterparts.map(({ actor: id, meetings }) => `${actors[id]?.name ?? id} (${meetings}×)`);
  const topics = stances.map(({ topic }) => topic);
  return [
    ...labelled([
      ['Name', actor.name],
      ['Id', actor.id],
      ['Also', actor.aliases.map(({ name }) => name).join(', ')],
      ['Kind', [actor.kind, actor.country, actor.wikidata].filter(Boolean).join(', ')],
      ['Merged from', actor.mergedFrom?.map(({ id, name }) => `${name} (${id})`).join(', ')],
      ['Has a part in', counts.join(', ')],
      ['Met', listed(met, `${moreCounterparts}`, archive, more.counterparts)],
      ['Speaks on', listed(topics, `at least ${moreStances}`, archive, more.stances)],
      ['Last seen', dated(actor.lastSeen)],
    ]),
    '',
    ...items.map((item) => timelineLine(item, actors)),
  ].join('\n');
}

/** Joins the first items of a list, and adds the number and the address of the others. */
const listed = (first: readonly string[], others: string, archive: string, path?: string): string =>
  [...first, ...(path === undefined ? [] : [`and ${others} more: ${archive}${path}`])].join(', ');

/** Fields that are printed last: the evidence, then the history. */
const LAST = [
  'evidence',
  'withdrawnEvidence',
  'status',
  'corrections',
  'revision',
  'recordedBy',
  'recordedAt',
];

function recordText(record: Record<string, unknown>): string {
  const names = ['id', 'retracted', ...Object.keys(record), ...LAST];
  const ordered = [...new Set(names.filter((name) => !LAST.includes(name))), ...LAST];
  const rows = ordered
    .filter((name) => record[name] !== undefined)
    // Each member of a list has its own line.
    .flatMap((name) =>
      [record[name]]
        .flat()
        .map(
          (each, index) =>
            [index === 0 ? labelOf(name) : '', dateField(name, each) ?? valueText(each)] as const,
        ),
    );
  return labelled(rows).join('\n');
}

const labelOf = (name: string): string => (name === 'summary' ? 'summary (the archive’s words)' : name);

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(' · ');
  if (typeof value !== 'object' || value === null) return String(value);
  if ('exact' in value) return evidenceText(value as Evidence);
  if ('actor' in value || 'description' in value) return partyText(value as Party);
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${valueText(member)}`)
    .join(', ');
}

function evidenceText(evidence: Evidence): string {
  const { articleId, exact, start, end, in: where, stance, setOff, for: fields } = evidence;
  const range = `${where === 'title' ? 'title of ' : ''}${articleId} ${start}–${end}`;
  const notes = [
    stance === 'disputes' ? 'disputes this' : '',
    setOff ? `set off as a ${setOff}, without quotation marks` : '',
    fields ? `for ${fields.join(', ')}` : '',
  ];
  return [`“${exact}”`, range, ...notes.filter(Boolean)].join(' · ');
}

function partyText({ actor, description, printed, capacity, for: principal }: Party): string {
  const parts = [
    actor ?? description,
    printed === undefined ? undefined : `“${printed}”`,
    capacity,
    principal === undefined ? undefined : `for ${principal}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function articleText({ id, title, publisher, publishedOn, byline, url, ...article }: ArticleShown): string {
  const { genre = 'report', appearances, withdrawn, passages, uncoded = [], uncodedCount = 0 } = article;
  return [
    wrap(title),
    wrap([publisher, dated(publishedOn), byline, url].filter(Boolean).join(', ')),
    ...(genre === 'report' ? [] : [`Genre: ${genre}`]),
    id,
    ...appearances.map((each) =>
      wrap(`also in ${[each.publisher, dated(each.publishedOn)].filter(Boolean).join(', ')}`),
    ),
    ...(withdrawn ? [wrap(`WITHDRAWN: ${withdrawn.reason}`)] : []),
    '',
    `Cited passages: ${passages.length}`,
    ...passages.map(({ start, end, exact, in: where, stance, id: on, thing }) =>
      wrap(
        `${where === 'title' ? 'title ' : ''}${start}–${end} “${exact}” ${stance === 'disputes' ? 'disputes' : '→'} ${on}${thing.retracted ? ' (retracted)' : ''}`,
        2,
        4,
      ),
    ),
    ...(uncodedCount === 0 ? [] : ['', `Sentences that no record cites: ${uncodedCount}`]),
    ...uncoded.map(({ start, end, text }) => wrap(`${start}–${end} ${text}`, 2, 4)),
    ...(uncodedCount > uncoded.length ? [`  … and ${uncodedCount - uncoded.length} more`] : []),
  ].join('\n');
}
