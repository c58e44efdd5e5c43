// Queries for an invented archive, about its most and least frequent actors and topics. These exist in the first
// twentieth of the history, so that each query can be asked as of later positions.
import type { Entry } from '../test/support/history/generate.ts';

export interface Question {
  readonly what: string;
  readonly path: string;
}

export interface Questions {
  readonly questions: readonly Question[];
  /** The article of one of the queries. Its text is read, too. */
  readonly article: string;
}

const EARLY = 0.05;

/** Returns the names in `among`, the most frequent first. */
function ranked(names: readonly string[], among: ReadonlySet<string>): string[] {
  const counts = new Map<string, number>();
  for (const name of names) if (among.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
}

export function questionsOf(entries: readonly Entry[]): Questions {
  const early = new Set(entries.slice(0, EARLY * entries.length).map(({ event }) => event.subject));
  const named = (text: RegExp) =>
    entries.flatMap(({ event }) =>
      [...JSON.stringify(event.data).matchAll(text)].map(([, name = '']) => name),
    );
  const actors = ranked(named(/"actor":"(actor-[^"]+)"/g), early);
  const topics = named(/"topics":\["([^"]+)"/g);
  const byTopic = ranked(topics, new Set(topics.slice(0, EARLY * topics.length)));
  const [busiest = '', second = '', rarest = ''] = [actors[0], actors[1], actors.at(-1)];
  const [topic = '', rare = ''] = [byTopic[0], byTopic.at(-1)];
  const [meeting = ''] = ranked(named(/"meetingId":"([^"]+)"/g), early);
  const [article = ''] = ranked(named(/"articleId":"([^"]+)"/g), early);
  return {
    article,
    questions: [
      { what: 'timeline, the first hundred', path: '/timeline' },
      { what: 'timeline, the latest hundred', path: '/timeline?order=desc' },
      { what: 'timeline of a week', path: '/timeline?from=2015-01-12&to=2015-01-18' },
      { what: 'timeline of the busiest actor', path: `/timeline?actor=${busiest}` },
      {
        what: 'timeline of the two busiest actors together',
        path: `/timeline?actor=${busiest}&actor=${second}`,
      },
      {
        what: 'timeline of the busiest actor on a rare topic',
        path: `/timeline?actor=${busiest}&topic=${rare}`,
      },
      { what: 'statements of the busiest actor', path: `/statements?speaker=${busiest}` },
      { what: 'a hundred actors, with counts', path: '/actors' },
      { what: 'all topics, with counts', path: '/topics' },
      { what: 'a hundred edges of the network', path: '/network' },
      { what: 'network of the busiest actor', path: `/network?actor=${busiest}` },
      { what: 'dossier of the fullest meeting', path: `/meetings/${meeting}/dossier` },
      { what: 'dossier of the busiest actor', path: `/actors/${busiest}/dossier` },
      { what: 'dossier of a rarely named actor', path: `/actors/${rarest}/dossier` },
      { what: 'dossier of the busiest topic', path: `/topics/${topic}` },
      { what: 'one line of the busiest topic', path: `/topics/${topic}?speaker=${busiest}` },
      { what: 'the article with the most passages', path: `/articles/${article}` },
      { what: 'records that rest on this article alone', path: `/articles/${article}/dependents?sole=true` },
      { what: 'changes in the last hundred events', path: '/timeline?changedSince={-100}' },
      { what: 'feed of the busiest actor', path: `/actors/${busiest}/feed` },
      { what: 'feed of a rare topic', path: `/topics/${rare}/feed` },
      { what: 'one meeting', path: `/meetings/${meeting}` },
      { what: 'one actor', path: `/actors/${busiest}` },
    ],
  };
}
