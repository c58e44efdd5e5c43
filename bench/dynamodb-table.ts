// Measures Chancery on DynamoDB, bare puts of the SDK, and the peers, on one emulator, and formats the second table.
// Rates are medians of the rotations; costs are counts, which are the same in each run.
import { startEmulator } from './dynamodb/emulator.ts';
import type { Costs, Paced } from './dynamodb/bench-subject.ts';
import { leastOfHundred } from './dynamodb/limits.ts';
import { figuresOf, machine, middle, number, putBetween, versionOf } from './markdown.ts';

interface System {
  readonly name: string;
  readonly script: string;
  readonly variant?: string;
  /** Order of its replay. Undefined if its costs are those of another row. */
  readonly order?: string;
  /** Reads a stream eventually consistent, for half the units. */
  readonly eventual?: true;
}

const RAW = 'raw: put of the event';
const DATA = 'raw: put of the data alone';
const systems: readonly System[] = [
  { name: RAW, script: 'dynamodb/raw.ts', variant: 'event', order: 'no order' },
  { name: `${RAW}, Brotli`, script: 'dynamodb/raw.ts', variant: 'brotli', order: 'no order' },
  { name: DATA, script: 'dynamodb/raw.ts', variant: 'data', order: 'no order' },
  { name: `${RAW}, behind the smallest HTTP route`, script: 'dynamodb/raw.ts', variant: 'http' },
  {
    name: '**Chancery**, store',
    script: 'dynamodb/chancery-subject.ts',
    variant: 'prepared',
    order: "the log's",
  },
  {
    name: '**Chancery**, store, event made and checked',
    script: 'dynamodb/chancery-subject.ts',
    variant: 'checked',
  },
  { name: '**Chancery**, HTTP', script: 'dynamodb/http.ts' },
  { name: '**Chancery**, HTTP, on stores in memory', script: 'dynamodb/http.ts', variant: 'memory' },
  { name: `@castore ${versionOf('@castore/core')}`, script: 'peers/castore.ts', order: 'time stamps' },
  {
    name: `@equinox-js ${versionOf('@equinox-js/core')}`,
    script: 'peers/equinox.ts',
    order: "its index's",
    eventual: true,
  },
  {
    name: `event-store-adapter-js ${versionOf('event-store-adapter-js')}`,
    script: 'peers/event-store-adapter.ts',
    order: '–',
    eventual: true,
  },
];

export async function dynamodbTable(rotations: number): Promise<void> {
  const { endpoint, stop } = await startEmulator();
  const paceOf = ({ script, variant = '' }: System) =>
    figuresOf<Paced>(script, endpoint, 'pace', ...(variant === '' ? [] : [variant]));
  // The emulator is slow at first, so the first measurements are not used.
  for (const system of systems.slice(0, 2)) paceOf(system);
  const paces = new Map<string, Paced[]>(systems.map(({ name }) => [name, []]));
  for (let rotation = 0; rotation < rotations; rotation++)
    for (const system of systems) paces.get(system.name)?.push(paceOf(system));
  const costs = new Map(
    systems
      .filter(({ order }) => order !== undefined)
      .map(({ name, script, variant = '' }) => [name, figuresOf<Costs>(script, endpoint, 'costs', variant)]),
  );
  stop();
  const [first, second] = [paceRows(paces), costRows(paces, costs)].map((rows) => rows.join('\n'));
  process.stdout.write(`${first}\n\n${second}\n`);
  const circumstances = `\`node bench/run.ts dynamodb\`, ${machine()}, shared by the emulator and the measured system. Figures are medians of ${rotations} rotations. The bare put made ${spread(paces.get(RAW))} appends a second, Chancery's store ${spread(paces.get('**Chancery**, store'))}, Chancery by HTTP ${spread(paces.get('**Chancery**, HTTP'))}.`;
  putBetween('dynamodb', [circumstances, first ?? '', second ?? '', leastOfHundred()]);
}

const spread = (runs: readonly Paced[] = []): string =>
  runs.map(({ perSecond }) => number(perSecond)).join(', ');

const rate = ({ perSecond }: Paced) => perSecond;
const writes = ({ writesEach }: Paced) => writesEach;

function paceRows(paces: ReadonlyMap<string, readonly Paced[]>): string[] {
  /** Returns the median of the ratios within each rotation. */
  const ratio = (runs: readonly Paced[], to: string, of: (paced: Paced) => number): string => {
    const base = paces.get(to) ?? [];
    const ratios = runs.map((run, rotation) => of(run) / of(base[rotation] ?? run));
    return middle(ratios, (each) => each)?.toFixed(2) ?? '';
  };
  const unitsOf = (name: string, runs: readonly Paced[]): string[] =>
    middle(runs, writes) === 0
      ? ['–', '–', '–']
      : [
          `${middle(runs, writes)?.toFixed(2)}${name.startsWith('event-store-adapter') ? '†' : ''}`,
          ratio(runs, RAW, writes),
          ratio(runs, DATA, writes),
        ];
  return [
    '| one event per append, 16 at once | appends/s | × raw | × raw, data | write units/event | × raw | × raw, data | p50 / p99 ms | requests | own CPU, µs |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...[...paces].map(([name, runs]) =>
      [
        '',
        name,
        number(middle(runs, rate)),
        ratio(runs, RAW, rate),
        ratio(runs, DATA, rate),
        ...unitsOf(name, runs),
        `${number(middle(runs, ({ p50 }) => p50))} / ${number(middle(runs, ({ p99 }) => p99))}`,
        requestsOf(runs),
        number(middle(runs, ({ cpuEach }) => cpuEach)),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ];
}

/** Returns the median number of requests per append. */
const requestsOf = (runs: readonly Paced[]): string =>
  middle(runs, ({ requests }) => Object.values(requests).reduce((sum, each) => sum + each, 0))?.toFixed(2) ??
  '';

function costRows(paces: ReadonlyMap<string, readonly Paced[]>, costs: ReadonlyMap<string, Costs>): string[] {
  return [
    '| | ten events in one call: write units | a stream of 100 events: read units | the same in tens | 5,000 events replayed, events/s | read units | order | append, order and log: write units/event | events returned of a stream of 1,200 |',
    '|---|---|---|---|---|---|---|---|---|',
    ...systems.flatMap(({ name, order, eventual }) => {
      const cost = costs.get(name);
      if (!cost || order === undefined) return [];
      const runs = paces.get(name) ?? [];
      const objects = middle(runs, ({ replay }) => replay?.objects);
      const reads = number(middle(runs, ({ replay }) => replay?.reads));
      const transaction = cost.tenInOne !== undefined && /raw|castore/.test(name) ? '†' : '';
      const cells = [
        name,
        `${number(cost.tenInOne)}${transaction}`,
        `${number(cost.hundred)}${eventual ? '‡' : ''}`,
        number(cost.hundredInTens),
        number(middle(runs, ({ replay }) => replay?.perSecond)),
        objects === undefined ? reads : `${reads} and ${objects} objects`,
        order,
        cost.inLog?.toFixed(2) ?? '',
        number(cost.long),
      ];
      return [`| ${cells.map((cell) => (cell === '' ? '–' : cell)).join(' | ')} |`];
    }),
  ];
}
