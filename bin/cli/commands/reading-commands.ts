// The commands that read: show, timeline and diff. Each answers as of now or as of any point in the archive's history.
import { Option, type Command } from 'commander';
import type { ActorName } from '../../../domain/queries/actors/actor-names.ts';
import type { Summary } from '../../../domain/projections/state/summary-shape.ts';
import { Refused, type Client } from '../api-client.ts';
import { changesOf, differenceText } from '../text/diff-text.ts';
import { timelineLine } from '../text/dossier-text.ts';
import { show } from './show.ts';

const AS_OF = 'as the archive stood at a position, an instant or a day';

export function readingCommands(
  program: Command,
  client: () => Client,
  print: (text: string, json: unknown) => void,
): void {
  program
    .command('show')
    .description('show a meeting with its dossier, a statement, an opinion, an actor or an article')
    .argument('<id>')
    .option('--as-of <point>', AS_OF)
    .action(async (id: string, { asOf }: { asOf?: string }) => {
      const { text, json } = await show(client(), id, asOf);
      print(text, json);
    });

  program
    .command('timeline')
    .description('list meetings, statements and opinions by date')
    .option('--actor <id...>', 'only records in which all of these actors take part')
    .option('--topic <topic>', 'only records on this topic')
    .addOption(
      new Option('--kind <kind>', 'only records of this kind').choices(['meeting', 'statement', 'opinion']),
    )
    .option('--speaker <id>', 'only statements and opinions of this actor')
    .option('--from <date>', 'first date, such as 2023, 2023-03 or 2023-03-03 (EDTF)')
    .option('--to <date>', 'last date, in the same form')
    .addOption(
      new Option('--order <order>', 'by date: the earliest or the latest first').choices(['asc', 'desc']),
    )
    .option('--as-of <point>', AS_OF)
    .option(
      '--changed-since <point>',
      'only records that changed since then, in the order of their latest changes',
    )
    .action(async (options: Record<string, string | string[]>) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(options)) {
        for (const each of [value].flat()) query.append(name, each);
      }
      const items: Summary[] = [];
      const lines: string[] = [];
      let firstEvent: string | undefined;
      for await (const response of client().pages(`/timeline?${query.toString()}`)) {
        const page = (await response.json()) as TimelinePage;
        firstEvent = page.firstEvent;
        items.push(...page.items);
        lines.push(...page.items.map((item) => lineOf(item, page.actors)));
      }
      if (items.length === 0) await checkNames(client(), options);
      print(lines.length === 0 ? nothing(firstEvent) : lines.join('\n'), { items, firstEvent });
    });

  program
    .command('diff')
    .description('show what changed between two points in the history: each a position, an instant or a day')
    .option('--from <point>', 'the earlier point (default: before the first event)')
    .option('--to <point>', 'the later point (default: now)')
    .action(async (options: Record<string, string>) => {
      const { names, ...json } = await changesOf(client(), new URLSearchParams(options));
      const texts = json.items.map((item) => differenceText(item, names));
      const to =
        json.position === null ? nothing(json.firstEvent) : `This is as of position ${json.position}.`;
      print(
        [...(texts.length === 0 && json.position !== null ? ['nothing changed'] : texts), to].join('\n'),
        json,
      );
    });
}

/** @throws Refused if a list is empty because a requested actor or topic does not exist */
async function checkNames(
  client: Client,
  { actor = [], speaker = [], topic = [], asOf }: Readonly<Record<string, string | string[]>>,
): Promise<void> {
  const query = asOf === undefined ? '' : `?${new URLSearchParams({ asOf: String(asOf) }).toString()}`;
  const named = [
    ...[actor, speaker].flat().map((id) => ['actor', 'actors', id] as const),
    ...[topic].flat().map((id) => ['topic', 'topics', id] as const),
  ];
  for (const [what, path, id] of named) {
    try {
      await client.get(`/${path}/${encodeURIComponent(id)}${query}`);
    } catch (error) {
      // Before the first event nothing exists; the caller prints a sentence about that.
      if (!(error instanceof Refused) || error.status !== 404 || 'firstEvent' in error.problem) throw error;
      const when = asOf === undefined ? '' : ` as of ${String(asOf)}`;
      throw new Refused(404, {
        detail: `the archive has no ${what} ${id}${when}: look it up at ${client.url}/${path}`,
      });
    }
  }
}

/** Returns the text for an empty list. */
const nothing = (firstEvent: string | undefined): string =>
  firstEvent === undefined
    ? 'nothing (yet)'
    : `nothing yet: the first event of the archive was recorded on ${firstEvent.slice(0, 10)}`;

interface TimelinePage {
  /** When the first event was recorded, if the list is as of a point before it. */
  readonly firstEvent?: string;
  readonly items: readonly (Summary & { readonly changes?: readonly string[] })[];
  readonly actors: Readonly<Record<string, ActorName>>;
}

const lineOf = (item: TimelinePage['items'][number], names: TimelinePage['actors']): string =>
  `${timelineLine(item, names)}${item.changes ? `  (${item.changes.join(', ')})` : ''}`;
