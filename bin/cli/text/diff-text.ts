// `chancery diff`: formats the changes of each resource between two points in the history, with each changed field.
import { isSameJson } from '../../../domain/recording/aggregate.ts';
import type { Difference } from '../../../domain/queries/changes/states-compared.ts';
import type { ActorName } from '../../../domain/queries/actors/actor-names.ts';
import type { Actor } from '../../../domain/projections/rows/actor-directory.ts';
import type { ArticleHead } from '../../../domain/projections/views/article-view.ts';
import type { Summary } from '../../../domain/projections/state/summary-shape.ts';
import type { Client } from '../api-client.ts';
import { dateField } from './dates.ts';
import { timelineLine } from './dossier-text.ts';
import { isOneLine, itemLine, plain, wrap } from './print.ts';

type Names = Readonly<Record<string, ActorName>>;

interface DiffPage {
  readonly items: readonly Difference[];
  readonly actors: Names;
  readonly from: number | null;
  readonly position: number | null;
  /** When the first event was recorded, if `position` is before it. */
  readonly firstEvent?: string;
}

/** Reads all pages of a diff. */
export async function changesOf(
  client: Client,
  query: URLSearchParams,
): Promise<Omit<DiffPage, 'actors'> & { readonly names: Names }> {
  const pages: DiffPage[] = [];
  for await (const response of client.pages(`/timeline/diff?${query.toString()}`))
    pages.push((await response.json()) as DiffPage);
  const [first] = pages;
  const { firstEvent } = first ?? {};
  return {
    items: pages.flatMap(({ items }) => items),
    names: Object.assign({}, ...pages.map(({ actors }) => actors)) as Names,
    from: first?.from ?? null,
    position: first?.position ?? null,
    ...(firstEvent === undefined ? {} : { firstEvent }),
  };
}

/** Returns a line for the resource, and one more for each changed field. */
export function differenceText(difference: Difference, names: Names): string {
  const { changes, before, after } = difference;
  const lines = before ? fieldLines(shownOf(before), shownOf(after)) : [];
  const head = headOf(difference, names);
  const line = `${changes.join(', ').padEnd(18)} ${head}`;
  const first = isOneLine(line) ? line : `${head}\n    ${changes.join(', ')}`;
  return [first, ...lines].join('\n');
}

function headOf({ id, kind, after }: Difference, names: Names): string {
  switch (kind) {
    case 'meeting':
    case 'statement':
    case 'opinion':
      return timelineLine(after as Summary, names);
    case 'actor': {
      const { name, mergedInto } = after as Actor;
      return itemLine(`${plain(name)}${mergedInto === undefined ? '' : ` = ${mergedInto}`}`, id);
    }
    case 'article': {
      const { title, publisher } = after as ArticleHead;
      return itemLine(`${plain(title)} — ${plain(publisher)}`, id);
    }
    default:
      return kind satisfies never;
  }
}

/** Fields that follow from other changes, or are shown elsewhere. */
const COUNTED = new Set(['position', 'revision', 'latest', 'corrections', 'fields']);

function shownOf(state: Summary | Actor | ArticleHead): Record<string, unknown> {
  const own = Object.entries(state).filter(([name]) => !COUNTED.has(name));
  return { ...Object.fromEntries(own), ...('fields' in state ? state.fields : {}) };
}

function fieldLines(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => !isSameJson(before[name], after[name]))
    .map((name) => wrap(`${name}: ${textOf(name, before[name])} → ${textOf(name, after[name])}`, 4, 4));
}

function textOf(field: string, value: unknown): string {
  if (value === undefined) return '–';
  return dateField(field, value) ?? (typeof value === 'string' ? value : JSON.stringify(value));
}
