// Applies row versions to named facts one by one: a plain count, to compare the sums of read models with.
import { nameKey } from '../../domain/projections/rows/actor-directory.ts';
import type { ActorRow, MergeRow } from '../../domain/projections/views/actors-view.ts';
import type { RowVersion } from '../../domain/projections/rows/row.ts';
import { undatedName } from '../../domain/projections/rows/latest-dates.ts';
import { topicInLine } from '../../domain/projections/views/lines-view.ts';
import type { Summary } from '../../domain/projections/state/summary.ts';
import type { Deltas } from '../../domain/projections/rows/sums.ts';
import type { SummaryRow } from '../../domain/projections/views/timeline-view.ts';
import { listedFact, nonZero, OTHER_SIDE, type Body, type Facts } from './compared-facts.ts';

/** Applies the row versions of one event to the facts. Returns the names of the facts that changed. */
export function applyVersions(facts: Facts, versions: readonly RowVersion[]): string[] {
  const names: string[] = [];
  const set = (name: string, value: unknown): void => {
    facts.set(name, value);
    names.push(name);
  };
  const tombstones = versions.filter(({ body }) => body === undefined);
  for (const version of [...tombstones, ...versions.filter(({ body }) => body !== undefined)])
    apply(version, facts, set);
  for (const { partition, body } of versions)
    if (body && listIn(partition) === 'all') setDependents((body as SummaryRow).summary, facts, set);
  return names;
}

/** Derives which articles a record depends on, and whether on one alone, from its passages and its summary. */
function setDependents({ id, supportedBy }: Summary, facts: Facts, set: SetFact): void {
  const before = (facts.get(`dependents of ${id}`) ?? []) as readonly string[];
  const passages = (facts.get(`passages of ${id}`) ?? new Map()) as Passages;
  const resting = [...passages.values()].filter(({ supports }) => supports).map(({ article }) => article);
  for (const article of before) if (!resting.includes(article)) set(`dependent ${article} ${id}`, undefined);
  for (const article of resting)
    set(`dependent ${article} ${id}`, supportedBy.length === 1 && supportedBy[0] === article);
  facts.set(`dependents of ${id}`, resting);
}

type Passages = Map<string, { readonly article: string; readonly supports: boolean }>;

function setPassage(key: string, article: string, id: string, body: Body | undefined, facts: Facts): void {
  const passages = (facts.get(`passages of ${id}`) ?? new Map()) as Passages;
  facts.set(`passages of ${id}`, passages);
  if (body) passages.set(key, { article, supports: body['stance'] === 'supports' });
  else passages.delete(key);
}

/** Leaves out where the record is listed, which is not a fact about the passage. */
function withoutListed(body: Body | undefined): Body | undefined {
  if (!body) return undefined;
  const { listed: _, ...passage } = body;
  return passage;
}

const listIn = (partition: string): string => partition.split('/')[0] ?? '';

type SetFact = (name: string, value: unknown) => void;

function apply({ partition, sort, position, body: anyBody }: RowVersion, facts: Facts, set: SetFact): void {
  const body = anyBody as Body | undefined;
  const [list = '', first = '', second = ''] = partition.split('/');
  const id = sort.slice(sort.lastIndexOf('~') + 1);
  const exists = body && true;
  switch (list) {
    case 'all': {
      const { summary, ...listed } = body ?? {};
      set(`listed ${id}`, listedFact(partition, sort, body && listed));
      set(`summary ${id}`, body && { ...(summary as Body), position });
      return;
    }
    case 'topic':
    case 'actor':
      return set(`${list} ${first} ${id}`, listedFact(partition, sort, body));
    case 'on':
      return set(`on ${first} ${sort}`, exists);
    case 'articles':
      return set(`head ${sort}`, body && { ...body, position });
    case 'passages':
      setPassage(`${first} ${sort}`, first, id, body, facts);
      return set(`passage ${first} ${sort}`, withoutListed(body));
    case 'directory': {
      if (anyBody && 'merged' in anyBody) return applyMerge(anyBody as MergeRow, position, facts, set);
      const actor = anyBody as ActorRow;
      const before = facts.get(`actor ${actor.id}`) as ActorRow | undefined;
      if (before) set(`directory ${nameKey(before)}`, undefined);
      set(`directory ${nameKey(actor)}`, true);
      set(`actor ${actor.id}`, body);
      return set(`actor position ${actor.id}`, position);
    }
    case 'line': {
      const topic = topicInLine(sort);
      set(`line ${first} ${topic} ${id}`, listedFact(partition, sort.slice(topic.length + 1), body));
      return set(`speaks ${first} ${topic}`, true);
    }
    case 'meetings':
      return set(`met ${first} ${second} ${sort}`, exists);
    case 'actor-counts-deltas':
    case 'topic-counts-deltas':
    case 'met-deltas':
    case 'speakers-deltas':
      return applyDeltas(anyBody as Deltas, facts, set);
    default:
      throw new Error(`no facts are defined for partition ${partition}`);
  }
}

function applyMerge({ merged, into }: MergeRow, position: number, facts: Facts, set: SetFact): void {
  const before = facts.get(`into ${merged}`) as string | undefined;
  if (before !== undefined) set(`merged ${before} ${merged}`, undefined);
  if (into !== undefined) set(`merged ${into} ${merged}`, true);
  set(`into ${merged}`, into);
  // An actor that is not introduced yet has no row, so a merge does not raise its position.
  if (facts.get(`actor ${merged}`)) set(`actor position ${merged}`, position);
}

function applyDeltas(deltas: Deltas, facts: Facts, set: SetFact): void {
  for (const [partition, sort, name, by] of deltas) {
    const [group, of = ''] = partition.split('/');
    switch (group) {
      case 'actor-counts':
      case 'topic-counts': {
        // The facts do not count retracted records.
        if (name === 'retracted') break;
        const fact = `counts ${group === 'actor-counts' ? 'actor' : 'topic'} ${sort}`;
        const before = (facts.get(fact) ?? {}) as Record<string, number>;
        const sum = undatedName(name);
        set(fact, nonZero({ ...before, [sum]: (before[sum] ?? 0) + by }));
        break;
      }
      case 'speakers':
        // The fact remains if corrections removed all records of the line.
        set(`speaker ${of} ${sort}`, true);
        break;
      default: {
        set(`knows ${of} ${name}`, true);
        const fact = `meetings ${[of, name].toSorted().join('~')}${of < name ? '' : OTHER_SIDE}`;
        set(fact, Number(facts.get(fact) ?? 0) + by);
      }
    }
  }
}
