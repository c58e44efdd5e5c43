// `chancery show ID`: a meeting as its dossier; a statement, an opinion, an actor or an article as what is known of it.
import type { ActorDossier } from '../../domain/queries/actor-dossier.ts';
import type { MeetingDossier } from '../../domain/queries/meeting-dossier.ts';
import { sourceOf } from '../../events/envelope.ts';
import type { Client } from './client.ts';
import { dossierText, timelineLine } from './dossier.ts';
import { labelled, wrap } from './print.ts';

interface Shown {
  readonly text: string;
  readonly json: unknown;
}

export async function show(client: Client, id: string): Promise<Shown> {
  const path = `${sourceOf(id)}/${encodeURIComponent(id)}`;
  if (id.startsWith('meeting-')) {
    const dossier = await client.get<MeetingDossier>(`${path}/dossier`);
    return { text: dossierText(dossier), json: dossier };
  }
  if (id.startsWith('actor-')) {
    const dossier = await client.get<ActorDossier>(`${path}/dossier?limit=500`);
    return { text: actorText(dossier), json: dossier };
  }
  const thing = await client.get<Record<string, unknown>>(path);
  return {
    text: id.startsWith('article-') ? articleText(thing as unknown as ArticleShown) : thingText(thing),
    json: thing,
  };
}

function actorText({ actor, items, actors, next }: ActorDossier): string {
  const counts = Object.entries(actor.counts).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    ...labelled([
      ['Name', actor.name],
      ['Also', actor.aliases.map(({ name }) => name).join(', ')],
      ['Kind', [actor.kind, actor.country, actor.wikidata].filter(Boolean).join(', ')],
      ['Merged from', actor.mergedFrom?.join(', ')],
      ['Has a part in', counts.join(', ')],
      ['Last seen', actor.lastSeen],
    ]),
    '',
    ...items.map((item) => timelineLine(item, actors)),
    ...(next === undefined ? [] : ['', `There is more: chancery timeline --actor ${actor.id}`]),
  ];
  return lines.join('\n');
}

function thingText(thing: Record<string, unknown>): string {
  const rows = Object.entries(thing).flatMap(([name, value]) =>
    // One line for each piece of evidence, each party, each regarded thing.
    [value].flat().map((each, index) => [index === 0 ? name : '', valueText(each)] as const),
  );
  return labelled(rows).join('\n');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(' · ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${valueText(member)}`)
    .join(', ');
}

interface ArticleShown {
  readonly id: string;
  readonly title: string;
  readonly publisher: string;
  readonly publishedOn?: string;
  readonly withdrawn?: { readonly reason: string };
  readonly passages: readonly { start: number; end: number; exact: string; id: string; stance: string }[];
  readonly uncoded?: readonly { start: number; end: number; text: string }[];
}

function articleText({
  id,
  title,
  publisher,
  publishedOn,
  withdrawn,
  passages,
  uncoded,
}: ArticleShown): string {
  return [
    wrap(title),
    wrap(`${publisher}${publishedOn ? `, ${publishedOn}` : ''} · ${id}`),
    ...(withdrawn ? [wrap(`WITHDRAWN: ${withdrawn.reason}`)] : []),
    '',
    `Passages that something rests on: ${passages.length}`,
    ...passages.map((passage) =>
      wrap(
        `${passage.start}–${passage.end} “${passage.exact}” ${passage.stance === 'disputes' ? 'disputes' : '→'} ${passage.id}`,
        2,
        4,
      ),
    ),
    ...(uncoded && uncoded.length > 0
      ? [
          '',
          `Sentences not coded yet: ${uncoded.length}`,
          ...uncoded.map(({ start, end, text }) => wrap(`${start}–${end} ${text}`, 2, 4)),
        ]
      : []),
  ].join('\n');
}
