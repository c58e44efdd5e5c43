// Builds the entries of a feed: the current state of a record, its latest change, and links to its passages.
import { dateInWords } from '../../../events/date-words.ts';
import { decodeText, findArticle, type StoredArticles } from '../../../domain/recording/stored-article.ts';
import type { ActorName } from '../../../domain/queries/actors/actor-names.ts';
import type { FeedItem, SourcePassage } from '../../../domain/queries/timeline/timeline-feed.ts';
import { fragmentsOf } from '../../../domain/evidence/text-fragments.ts';
import { recordDateOf, type Summary } from '../../../domain/projections/state/summary-shape.ts';
import { slicesOf } from '../../../domain/concurrency.ts';
import type { ApiContext } from '../api-context.ts';
import type { AtomEntry, AtomLink } from './atom.ts';
import { headlineOf } from './headline.ts';

type Fragments = ReadonlyMap<string, ReturnType<typeof fragmentsOf>>;

/** Returns the entries of these records. Links are relative to `address`, the address of the feed. */
export async function entriesOf(
  stored: Pick<ApiContext, 'articles' | 'sha256'>,
  address: URL,
  items: readonly FeedItem[],
  names: Readonly<Record<string, ActorName>>,
): Promise<AtomEntry[]> {
  const fragments = await fragmentsIn(stored, items);
  const href = (path: string): string => new URL(path, address).href;
  return items.map(({ summary, passages }) => {
    const { id, kind, fields, recordedBy, recordedAt, latest } = summary;
    return {
      id: `urn:chancery:${id}`,
      title: `${prefixOf(summary)}${headlineOf(summary, names)}`,
      updated: latest.time,
      published: recordedAt,
      author: recordedBy,
      categories: [
        { scheme: 'urn:chancery:kind', term: kind },
        { scheme: 'urn:chancery:latest', term: latest.type },
        ...(summary.retracted ? [{ scheme: 'urn:chancery:status', term: 'retracted' }] : []),
        ...fields.topics.map((term) => ({ scheme: 'urn:chancery:topic', term })),
      ],
      links: [
        { rel: 'alternate', href: href(`/${kind}s/${id}`), type: 'application/json' },
        ...passages.map((passage) => linkOf(passage, fragments, href)),
      ],
      summary: summaryOf(summary),
    };
  });
}

function prefixOf({ retracted, latest }: Summary): string {
  if (retracted) return 'Retracted: ';
  return latest.type.endsWith('Corrected') ? 'Corrected: ' : '';
}

function summaryOf({ fields, retracted, corrections, supportedBy, disputedBy, more = {} }: Summary): string {
  const count = (name: string, ids: readonly string[]) => ids.length + (more[name] ?? 0);
  const disputing = count('disputedBy', disputedBy);
  return [
    ...(retracted ? [`Retracted: ${retracted.reason}`] : []),
    ...(corrections > 0 ? [`Corrected ${corrections === 1 ? 'once' : `${corrections} times`}.`] : []),
    ...[fields.content ?? fields.outcome ?? fields.summary ?? ''].filter((text) => text !== ''),
    `Date: ${dateInWords(recordDateOf(fields))}. Certainty: ${fields.certainty}. Articles that support it: ${count('supportedBy', supportedBy)}${disputing === 0 ? '' : `, that dispute it: ${disputing}`}.`,
  ].join('\n');
}

/** Returns a link to the passage, or to the article if the passage is in its title or its text is withdrawn. */
function linkOf(
  { article, in: where, start, end, stance }: SourcePassage,
  fragments: Fragments,
  href: (path: string) => string,
): AtomLink {
  const rel = stance === 'supports' ? ('via' as const) : ('related' as const);
  const title = `${article.publisher}: ${article.title}${stance === 'supports' ? '' : ' (disputes it)'}`;
  const fragment = fragments.get(article.id);
  if (where === 'title' || !fragment)
    return { rel, href: href(`/articles/${article.id}`), type: 'application/json', title };
  const path = `/articles/${article.id}/source#${fragment(start, end)}`;
  return { rel, href: href(path), type: 'text/plain', title };
}

/** Reads the texts of all articles that are not withdrawn, and returns their text fragments by article. */
async function fragmentsIn(stored: StoredArticles, items: readonly FeedItem[]): Promise<Fragments> {
  const passages = items.flatMap((item) => item.passages);
  const readable = passages.filter(({ article, in: where }) => !article.withdrawn && where === 'text');
  const ids = [...new Set(readable.map(({ article }) => article.id))];
  const fragments = new Map<string, ReturnType<typeof fragmentsOf>>();
  for (const [, wave] of slicesOf(ids)) {
    const texts = await Promise.all(wave.map((id) => findArticle(stored, id)));
    for (const [index, bytes] of texts.entries())
      if (bytes) fragments.set(wave[index] ?? '', fragmentsOf(decodeText(bytes)));
  }
  return fragments;
}
