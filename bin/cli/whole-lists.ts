// Reads answers that have several pages as one: the dossiers of meetings and actors, and articles.
import type { ActorDossier } from '../../domain/queries/actors/actor-dossier.ts';
import type { Passage } from '../../domain/queries/articles/article-dependents.ts';
import type { ActorName } from '../../domain/queries/actors/actor-names.ts';
import {
  groupByParty,
  type MeetingDossier,
  type Side,
} from '../../domain/queries/meetings/meeting-dossier.ts';
import type { ArticleFields, Appearance } from '../../domain/recording/article.ts';
import type { Client } from './api-client.ts';

/** The answer of `GET /articles/{id}`. */
export interface ArticleShown extends ArticleFields {
  readonly id: string;
  readonly appearances: readonly Appearance[];
  readonly withdrawn?: { readonly reason: string };
  readonly passages: readonly Passage[];
  readonly uncoded?: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  readonly uncodedCount?: number;
}

/** The answer of `GET /meetings/{id}/dossier`. */
export type MeetingShown = MeetingDossier & {
  /** For the id of an entry, the path of the list of all responses to it. */
  readonly more?: { readonly responses?: Readonly<Record<string, string>> };
};
/** The answer of `GET /actors/{id}/dossier`. `more` has the paths of shortened lists. */
export type ActorShown = ActorDossier & {
  readonly more?: { readonly counterparts?: string; readonly stances?: string };
};

export const wholeMeeting = (client: Client, path: string, query: URLSearchParams): Promise<MeetingShown> =>
  whole<MeetingShown>(client, `${path}/dossier`, query, (all, page) => {
    const actors = { ...all.actors, ...page.actors };
    const known = new Set(all.sources.map(({ id }) => id));
    return {
      ...all,
      meetings: [...all.meetings, ...page.meetings],
      sides: joined(all.sides, page.sides, actors),
      speculation: joined(all.speculation, page.speculation, actors),
      opinions: joined(all.opinions, page.opinions, actors),
      sources: [...all.sources, ...page.sources.filter(({ id }) => !known.has(id))],
      more: { responses: { ...all.more?.responses, ...page.more?.responses } },
      actors,
    };
  });

export const wholeActor = (client: Client, path: string, query: URLSearchParams): Promise<ActorShown> =>
  whole<ActorShown>(client, `${path}/dossier`, query, (all, page) => ({
    ...all,
    items: [...all.items, ...page.items],
    actors: { ...all.actors, ...page.actors },
  }));

export const wholeArticle = (client: Client, path: string, query: URLSearchParams): Promise<ArticleShown> =>
  whole<ArticleShown>(client, path, query, (all, page) => ({
    ...all,
    passages: [...all.passages, ...page.passages],
  }));

async function whole<T>(
  client: Client,
  path: string,
  query: URLSearchParams,
  join: (all: T, page: T) => T,
): Promise<T> {
  const pages: T[] = [];
  for await (const response of client.pages(`${path}?limit=500&${query.toString()}`))
    pages.push((await response.json()) as T);
  return pages.reduce(join);
}

const joined = (
  all: readonly Side[],
  page: readonly Side[],
  names: Readonly<Record<string, ActorName>>,
): Side[] =>
  groupByParty(
    [...all, ...page].flatMap(({ party, entries }) => entries.map((entry) => [party, entry] as const)),
    names,
  );
