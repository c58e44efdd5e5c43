// The aggregate of an article: one text, and all appearances of that text.
import { z } from 'zod';
import { articleEvents, articleFields, type appearance } from '../../events/article-events.ts';
import type { RecordedEvent } from '../../events/envelope.ts';
import type { DataOf, NewEvent } from '../../events/vocabulary.ts';
import { withChanges, isSameJson, type Aggregate } from './aggregate.ts';
import { Refusal } from '../errors.ts';

const fieldsSchema = z.strictObject(articleFields);
export type ArticleFields = z.output<typeof fieldsSchema>;
export type Appearance = z.output<typeof appearance>;
type Type = keyof typeof articleEvents;

export interface TextMeasures {
  readonly sha256: string;
  readonly bytes: number;
  readonly characters: number;
}

export type ArticleState =
  | { readonly status: 'none' }
  | {
      readonly status: 'archived';
      readonly fields: ArticleFields;
      readonly text: TextMeasures;
      readonly appearances: readonly Appearance[];
      readonly corrections: number;
      readonly withdrawn?: { readonly reason: string; readonly authority?: string };
    };

export type ArticleCommand =
  | { readonly type: 'archive'; readonly text: TextMeasures; readonly fields: ArticleFields }
  | { readonly type: 'add-appearance'; readonly appearance: Appearance }
  | { readonly type: 'correct'; readonly correction: DataOf<'ArticleCorrected'> }
  | { readonly type: 'withdraw'; readonly withdrawal: DataOf<'ArticleWithdrawn'> };

/** Returns the id of an article. The id is the digest of the text, so the same text is always the same article. */
export const articleIdOf = (sha256: string): string => `article-${sha256}`;

function evolve(state: ArticleState, event: RecordedEvent<Type>): ArticleState {
  if (event.type === 'ArticleArchived') {
    const { sha256, bytes, characters, ...fields } = event.data;
    return {
      status: 'archived',
      fields,
      text: { sha256, bytes, characters },
      appearances: [],
      corrections: 0,
    };
  }
  if (state.status === 'none') throw new Error(`${event.id}: ${event.type} precedes ArticleArchived`);
  switch (event.type) {
    case 'AppearanceAdded':
      return { ...state, appearances: [...state.appearances, event.data] };
    case 'ArticleCorrected':
      return {
        ...state,
        fields: withChanges(state.fields, event.data.changes),
        corrections: state.corrections + 1,
      };
    case 'ArticleWithdrawn':
      return { ...state, withdrawn: event.data };
    default:
      return event satisfies never;
  }
}

function decide(state: ArticleState, command: ArticleCommand): NewEvent<Type>[] {
  if (command.type === 'archive') return archive(state, command);
  if (state.status === 'none')
    throw new Refusal('not-found', 'no such article: check the id, or archive the article first');
  switch (command.type) {
    case 'add-appearance':
      if (state.appearances.some((appearance) => isSameJson(appearance, command.appearance))) return [];
      rejectWithdrawn(state);
      return [{ type: 'AppearanceAdded', data: command.appearance }];
    case 'correct': {
      if (isSameJson(withChanges(state.fields, command.correction.changes), state.fields)) return [];
      rejectWithdrawn(state);
      return [{ type: 'ArticleCorrected', data: command.correction }];
    }
    case 'withdraw':
      return state.withdrawn ? [] : [{ type: 'ArticleWithdrawn', data: command.withdrawal }];
    default:
      return command satisfies never;
  }
}

/** Decides the archiving of a text. A known text from another publisher becomes an appearance. */
function archive(
  state: ArticleState,
  { text, fields }: Extract<ArticleCommand, { type: 'archive' }>,
): NewEvent<Type>[] {
  if (state.status === 'none') return [{ type: 'ArticleArchived', data: { ...fields, ...text } }];
  rejectWithdrawn(state);
  const { publisher, title, url, byline, publishedOn } = fields;
  const isKnown = [state.fields, ...state.appearances].some(
    (appearance) => appearance.publisher === publisher,
  );
  if (isKnown) return [];
  const members = Object.entries({ publisher, title, url, byline, publishedOn }).filter(
    ([, value]) => value !== undefined,
  );
  return [{ type: 'AppearanceAdded', data: Object.fromEntries(members) as Appearance }];
}

/** A sent field that differs from the archived field of the same text. */
export interface FieldDifference {
  readonly field: keyof ArticleFields;
  /** Absent if the archived article does not have the field. */
  readonly archived?: string;
  readonly sent: string;
}

const OF_TEXT = ['language', 'genre', 'versionOf', 'derivedFrom'] as const;
const OF_APPEARANCE = ['title', 'byline', 'publishedOn', 'url'] as const;

/**
 * Compares sent fields with an archived article. Fields of the text (such as its language) are compared with the
 * article, the others with the most similar appearance of the same publisher. Fields that were not sent do not differ.
 */
export function differencesFrom(state: ArticleState, sent: ArticleFields): FieldDifference[] {
  if (state.status === 'none') return [];
  const { fields, appearances } = state;
  const printed = [fields, ...appearances.map((each) => ({ title: fields.title, ...each }))]
    .filter(({ publisher }) => publisher === sent.publisher)
    .map((each) => differing(each, sent, OF_APPEARANCE))
    .toSorted((a, b) => a.length - b.length);
  return [...(printed[0] ?? []), ...differing({ genre: 'report', ...fields }, sent, OF_TEXT)];
}

function differing(
  archived: Partial<ArticleFields>,
  sent: ArticleFields,
  names: readonly (keyof ArticleFields)[],
): FieldDifference[] {
  return names.flatMap((field) => {
    const [before, after] = [archived[field], sent[field]];
    if (after === undefined || after === before) return [];
    return [{ field, ...(before === undefined ? {} : { archived: before }), sent: after }];
  });
}

function rejectWithdrawn(state: Extract<ArticleState, { status: 'archived' }>): void {
  if (!state.withdrawn) return;
  throw new Refusal(
    'article-withdrawn',
    `this article was withdrawn and cannot change: ${state.withdrawn.reason}`,
    {
      withdrawn: state.withdrawn,
    },
  );
}

export const article: Aggregate<ArticleState, ArticleCommand, Type> = {
  initial: { status: 'none' },
  types: Object.keys(articleEvents) as Type[],
  evolve,
  decide,
};
