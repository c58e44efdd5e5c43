// Generates requests to an archive: every read model and every kind of resource, with many filters.
import type { Seeded } from './seeded.ts';

/** Ids of all resources of the history. */
export interface Known {
  readonly actors: readonly string[];
  readonly articles: readonly string[];
  readonly things: readonly string[];
}

const TOPICS = ['peace', 'trade', 'g20'];
const DATES = ['from=2023-03-02', 'to=2023-03-02', 'from=2022-12&to=2023-02', 'from=2023-04', 'to=2022-10'];

/** Returns paths of lists with random filters, without `asOf`. */
export function listsOf(random: Seeded, { actors }: Known): string[] {
  const actor = () => random.pick(actors);
  const topic = () => random.pick(TOPICS);
  const dates = () => random.pick(DATES);
  const kind = () => random.pick(['meeting', 'statement', 'opinion']);
  return [
    '/timeline',
    '/timeline?order=desc',
    `/timeline?actor=${actor()}`,
    `/timeline?actor=${actor()}&actor=${actor()}`,
    `/timeline?actor=${actor()}&topic=${topic()}&${dates()}`,
    `/timeline?topic=${topic()}&kind=${kind()}&order=desc`,
    `/timeline?kind=${kind()}&${dates()}`,
    `/timeline?speaker=${actor()}`,
    `/timeline?speaker=${actor()}&certainty=speculated`,
    `/timeline?about=${actor()}&${dates()}`,
    `/timeline?recordedBy=editor:priya&addressee=${actor()}`,
    `/meetings?${dates()}`,
    `/statements?topic=${topic()}&certainty=reported`,
    `/opinions?speaker=${actor()}`,
    '/actors',
    `/actors?kind=person&${dates()}`,
    `/actors?topic=${topic()}`,
    `/actors?topic=${topic()}&${dates()}`,
    '/topics',
    `/topics?actor=${actor()}`,
    `/topics?kind=${kind()}&${dates()}`,
    '/network',
    `/network?actor=${actor()}`,
    `/network?topic=${topic()}&${dates()}`,
  ];
}

/** Returns paths of single resources and dossiers, of random ids. */
export function thingsOf(random: Seeded, { actors, articles, things }: Known): string[] {
  const some = (ids: readonly string[], count: number) =>
    Array.from({ length: count }, () => random.pick(ids));
  const collection = (id: string) => `/${id.slice(0, id.indexOf('-'))}s/${id}`;
  const meetings = things.filter((id) => id.startsWith('meeting-'));
  return [
    ...some(things, 6).map(collection),
    ...some(actors, 3).map(collection),
    ...some(articles, 2).map(collection),
    ...some(articles, 2).map((id) => `${collection(id)}/dependents`),
    ...some(articles, 2).map((id) => `${collection(id)}/dependents?sole=true`),
    ...some(meetings, 3).map((id) => `${collection(id)}/dossier`),
    ...some(meetings, 1).map(
      (id) => `${collection(id)}/dossier?actor=${random.pick(actors)}&${random.pick(DATES)}`,
    ),
    ...some(actors, 3).map((id) => `${collection(id)}/dossier`),
    ...some(actors, 1).map((id) => `${collection(id)}/dossier?topic=${random.pick(TOPICS)}&kind=statement`),
    ...TOPICS.map((topic) => `/topics/${topic}`),
    ...some(actors, 2).map((id) => `/topics/${random.pick(TOPICS)}?speaker=${id}`),
    `/topics/${random.pick(TOPICS)}?actor=${random.pick(actors)}&${random.pick(DATES)}`,
  ];
}

/** Returns paths of Atom feeds with random filters. */
export function feedsOf(random: Seeded, { actors }: Known): string[] {
  const [actor, topic, dates] = [random.pick(actors), random.pick(TOPICS), random.pick(DATES)];
  return [
    '/timeline/feed',
    '/timeline/feed?limit=7',
    `/timeline/feed?topic=${topic}&${dates}`,
    `/actors/${actor}/feed`,
    `/actors/${random.pick(actors)}/feed?kind=statement`,
    `/topics/${topic}/feed`,
    `/topics/${topic}/feed?actor=${actor}&limit=3`,
  ];
}

/** Returns paths of changes since a position. */
export function changesSince(random: Seeded, { actors, articles }: Known, since: number): string[] {
  return [
    `/timeline/diff?from=${since}`,
    ...[
      '/timeline',
      `/timeline?topic=${random.pick(TOPICS)}`,
      `/timeline?actor=${random.pick(actors)}&kind=statement`,
      '/meetings?order=desc',
      '/actors',
      `/actors?topic=${random.pick(TOPICS)}`,
      '/topics',
      `/topics?actor=${random.pick(actors)}`,
      '/network',
      `/network?actor=${random.pick(actors)}`,
      `/articles/${random.pick(articles)}/dependents`,
      `/articles/${random.pick(articles)}/dependents?sole=true`,
    ].map((path) => withQuery(path, `changedSince=${since}`)),
  ];
}

export const withQuery = (path: string, query: string): string =>
  query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
