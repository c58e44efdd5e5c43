// The commands that read what the archive knows: one thing, the timeline, what changed; now, or as of any point in its
// history.
import { Option, type Command } from 'commander';
import type { Name } from '../../domain/queries/actors.ts';
import type { Summary } from '../../domain/views/summary.ts';
import { Refused, type Client } from './client.ts';
import { changesOf, differenceText } from './diff.ts';
import { timelineLine } from './dossier.ts';
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
    .description('what happened, by date')
    .option('--actor <id...>', 'with a part of all of these')
    .option('--topic <topic>')
    .addOption(new Option('--kind <kind>').choices(['meeting', 'statement', 'opinion']))
    .option('--speaker <id>')
    .option('--from <date>', 'EDTF')
    .option('--to <date>', 'EDTF')
    .addOption(new Option('--order <order>').choices(['asc', 'desc']))
    .option('--as-of <point>', AS_OF)
    .option('--changed-since <point>', 'only what changed since then, by its latest change, saying how')
    .action(async (options: Record<string, string | string[]>) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(options)) {
        for (const each of [value].flat()) query.append(name, each);
      }
      const items: Summary[] = [];
      const lines: string[] = [];
      for await (const response of client().pages(`/timeline?${query.toString()}`)) {
        const page = (await response.json()) as TimelinePage;
        items.push(...page.items);
        lines.push(...page.items.map((item) => lineOf(item, page.actors)));
      }
      if (items.length === 0) await checkActors(client(), options);
      print(lines.length === 0 ? 'nothing (yet)' : lines.join('\n'), { items });
    });

  program
    .command('diff')
    .description('what changed between two states of the archive: each a position, an instant or a day')
    .option('--from <point>', 'since then; since before the first event without it')
    .option('--to <point>', 'until then; until now without it')
    .action(async (options: Record<string, string>) => {
      const { items, names, from, position } = await changesOf(client(), new URLSearchParams(options));
      const texts = items.map((item) => differenceText(item, names));
      const to = position === null ? 'Nothing is recorded yet.' : `This is as of position ${position}.`;
      print([...(texts.length === 0 ? ['nothing changed'] : texts), to].join('\n'), {
        items,
        from,
        position,
      });
    });
}

/** Throws Refused if a list is empty because the archive has no such actor. */
async function checkActors(
  client: Client,
  options: Readonly<Record<string, string | string[]>>,
): Promise<void> {
  const { actor = [], speaker = [], asOf } = options;
  const query = asOf === undefined ? '' : `?${new URLSearchParams({ asOf: String(asOf) }).toString()}`;
  for (const id of [actor, speaker].flat()) {
    try {
      await client.get(`/actors/${encodeURIComponent(id)}${query}`);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      const when = asOf === undefined ? '' : ` as of ${String(asOf)}`;
      throw new Refused(404, {
        detail: `the archive has no actor ${id}${when}: look for the id at ${client.url}/actors`,
      });
    }
  }
}

interface TimelinePage {
  readonly items: readonly (Summary & { readonly changes?: readonly string[] })[];
  readonly actors: Readonly<Record<string, Name>>;
}

const lineOf = (item: TimelinePage['items'][number], names: TimelinePage['actors']): string =>
  `${timelineLine(item, names)}${item.changes ? `  (${item.changes.join(', ')})` : ''}`;
