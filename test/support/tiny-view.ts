// A read model of a few lines, for tests of how read models are kept: rows that change often, rows that go and come
// back, rows that are opened twice by one event.
import type { View } from '../../domain/views/view.ts';

/** Counts events by type, remembers the last of each stream, and forgets streams of articles whenever an actor comes. */
export const tiny: View = {
  name: 'tiny',
  version: 3,
  fold: ({ type, subject, revision }, row) => {
    const count = row<{ count: number }>('counts', type)?.count ?? 0;
    const known = row<{ streams: string[] }>('articles', 'all')?.streams ?? [];
    const streams = type === 'ArticleArchived' ? [...known, subject] : known;
    const forgotten = type === 'ActorIntroduced' ? known.map((sort) => ({ partition: 'last', sort })) : [];
    return [
      { partition: 'counts', sort: type, body: { count: count + 1 } },
      ...forgotten,
      { partition: 'last', sort: subject, body: { revision: 0 } },
      { partition: 'last', sort: subject, body: { revision } },
      { partition: 'articles', sort: 'all', body: { streams } },
    ];
  },
};
