// What the rows of today's views state, as facts by name, to compare with the read models that will replace them.
// Rows that only the fold itself reads state nothing.
import { listedFact, nonZero, type Body, type Facts } from './compared-facts.ts';
import type { RowChange } from '../../domain/views/view.ts';

/** Sets the facts that these changes of a view state or withdraw. Returns their names. */
export function applyChanges(facts: Facts, view: string, changes: readonly RowChange[]): string[] {
  const stated = [
    ...changes.filter(({ body }) => body === undefined),
    ...changes.filter(({ body }) => body !== undefined),
  ].flatMap((change) => factsOf(view, change));
  for (const [name, value] of stated) facts.set(name, value);
  return stated.map(([name]) => name);
}

type Fact = readonly [name: string, value: unknown];

function factsOf(view: string, { partition, sort, body: given }: RowChange): Fact[] {
  const body = given as Body | undefined;
  const [kind = '', first = '', second = ''] = partition.split('/');
  const id = sort.slice(sort.lastIndexOf('~') + 1);
  const there = body && true;
  switch (`${view} ${kind}`) {
    case 'timeline thing':
      return sort === 'summary' ? [[`summary ${first}`, body]] : [];
    case 'timeline kind':
      return [[`listed ${id}`, listedFact(partition, sort, body)]];
    case 'timeline topic':
    case 'timeline actor':
      return [[`${kind} ${first} ${id}`, listedFact(partition, sort, body)]];
    case 'meeting on':
      return [[`on ${first} ${sort}`, there]];
    case 'article head':
      return [[`head ${sort}`, body]];
    case 'article passages':
      return [[`passage ${first} ${sort}`, body]];
    case 'article dependents':
      return [[`dependent ${first} ${sort}`, body?.['sole']]];
    case 'actors actor':
      return sort === 'row' ? actorFacts(first, body) : [[`into ${first}`, body?.['into']]];
    case 'actors merged':
      return [[`merged ${first} ${sort}`, there]];
    case 'actors directory':
      return [[`directory ${sort}`, there]];
    case 'actors counts':
      return [[`counts actor ${first}`, nonZero(body)]];
    case 'topics directory':
      return [[`counts topic ${sort}`, nonZero(body)]];
    case 'topic line':
      return [[`line ${second} ${first} ${id}`, listedFact(partition, sort, body)]];
    case 'topic speakers':
      return [[`speaker ${first} ${sort}`, there]];
    case 'actor topics':
      return [[`speaks ${first} ${sort}`, there]];
    case 'network edges':
      return [[`meetings ${sort}`, body?.['meetings']]];
    case 'network meetings':
      return [[`met ${first} ${second} ${sort}`, there]];
    case 'network met':
      return [[`knows ${first} ${sort}`, there]];
    default:
      if (INTERNAL.has(kind)) return [];
      throw new Error(`view ${view} has rows of partition ${partition}, which nothing here compares`);
  }
}

/** What folds of today's views read; when things changed follows from the positions of their rows. */
const INTERNAL = new Set(['thing', 'changes']);

function actorFacts(id: string, body: Body | undefined): Fact[] {
  const { mergedInto, position, ...actor } = body ?? {};
  return [
    [`actor ${id}`, body && actor],
    [`actor position ${id}`, position],
    [`into ${id}`, mergedInto],
  ];
}
