// The commands that look after read models: how far they are, rebuilds, and the way back.
import type { Command } from 'commander';
import type { ShownRebuild } from '../../functions/api/rebuild-shape.ts';
import type { Client } from './client.ts';
import { progressBars } from './progress.ts';
import { examplesText, isUnderWay, projectionsText, rebuildText } from './projections.ts';
import { decide, readProjections, rollBack, startRebuild, watch } from './rebuild.ts';
import { UsageError } from './usage.ts';

export function projectionCommands(
  program: Command,
  client: () => Client,
  print: (text: string, json: unknown) => void,
): void {
  program
    .command('projections')
    .description('how far each read model is, which rows of it are read, and what is being rebuilt')
    .action(async () => {
      const projections = await readProjections(client());
      print(projectionsText(projections), { projections });
    });

  program
    .command('rebuild')
    .description('make read models anew beside those that are read, compare the two, and switch')
    .argument('[view...]')
    .option('--all', 'every read model', false)
    .option('--watch', 'wait for the end, with a progress bar on standard error', false)
    .action(async (named: string[], { all, watch: watched }: { all: boolean; watch: boolean }) => {
      if (all === named.length > 0) throw new UsageError('name read models, or give --all');
      const archive = client();
      const views = all ? (await readProjections(archive)).map(({ view }) => view) : named;
      const started: ShownRebuild[] = [];
      for (const view of views) started.push(await startRebuild(archive, view, all || watched));
      const rebuilds = watched ? await watch(archive, started, progressBars()) : started;
      print(rebuilds.map((each) => rebuildLines(each)).join('\n'), { rebuilds });
      // Where nobody waited, that it was asked for is all there is to say.
      if (watched && rebuilds.some(({ phase }) => phase !== 'switched')) process.exitCode = 1;
    });

  for (const [name, decision, what] of [
    ['accept-rebuild', 'acceptances', 'switch to what was rebuilt in spite of its drift'],
    ['cancel-rebuild', 'cancellations', 'call off the rebuild of a read model; what it built is removed'],
  ] as const) {
    program
      .command(name)
      .description(what)
      .argument('<view>')
      .action(async (view: string) => {
        const rebuild = await decide(client(), view, decision);
        print(rebuildLines(rebuild), rebuild);
      });
  }

  program
    .command('rollback')
    .description('go back to the rows of a read model that were read a moment ago, before its last rebuild')
    .argument('<view>')
    .option('--to <generation>', 'to this one of those that are kept')
    .action(async (view: string, { to }: { readonly to?: string }) => {
      const projection = await rollBack(client(), view, to === undefined ? undefined : Number(to));
      print(projectionsText([projection]), projection);
    });
}

/** A view that waits for somebody says what it found. */
const rebuildLines = (rebuild: ShownRebuild): string =>
  [
    `${rebuild.view}: ${rebuildText(rebuild)}`,
    ...(isUnderWay(rebuild) ? [] : examplesText(rebuild).map((line) => `  ${line}`)),
  ].join('\n');
