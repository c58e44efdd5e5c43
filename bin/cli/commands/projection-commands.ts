// The commands for read models: their state, rebuilds and rollback.
import type { Command } from 'commander';
import type { ShownRebuild } from '../../../functions/api/schemas/rebuild-schema.ts';
import type { Client } from '../api-client.ts';
import { progressBars } from '../text/progress.ts';
import { examplesText, isUnderWay, projectionsText, rebuildText } from '../text/projections-text.ts';
import { decide, readProjections, requestRollback, requestRebuild, watch } from './rebuild-watch.ts';
import { UsageError } from '../../usage-error.ts';

export function projectionCommands(
  program: Command,
  client: () => Client,
  print: (text: string, json: unknown) => void,
): void {
  program
    .command('projections')
    .description('show the lag and the live generation of each read model, and a running rebuild')
    .action(async () => {
      const projections = await readProjections(client());
      print(projectionsText(projections), { projections });
    });

  program
    .command('rebuild')
    .description(
      'fold all read models again, compare them with the live rows, and promote the new ones if nothing differs',
    )
    .option('--watch', 'wait for the end and show a progress bar on standard error', false)
    .action(async ({ watch: isWatched }: { watch: boolean }) => {
      const archive = client();
      const started = await requestRebuild(archive, isWatched);
      const rebuild = isWatched ? await watch(archive, started, progressBars()) : started;
      print(rebuildLines(rebuild), rebuild);
      // Without --watch the command only confirms the request. A check that found no drift ends unchanged.
      if (isWatched && rebuild.phase !== 'switched' && rebuild.phase !== 'unchanged') process.exitCode = 1;
    });

  for (const [name, decision, what] of [
    ['accept-rebuild', 'acceptances', 'promote the rebuilt generation in spite of its drift'],
    ['cancel-rebuild', 'cancellations', 'cancel the running rebuild and remove its rows'],
  ] as const) {
    program
      .command(name)
      .description(what)
      .action(async () => {
        const rebuild = await decide(client(), decision);
        print(rebuildLines(rebuild), rebuild);
      });
  }

  program
    .command('rollback')
    .description('roll all read models back to the generation that was live before the last rebuild')
    .option('--to <generation>', 'roll back to this kept generation')
    .action(async ({ to }: { readonly to?: string }) => {
      const projections = await requestRollback(client(), to === undefined ? undefined : generationIn(to));
      print(projectionsText(projections), { projections });
    });
}

/** @throws UsageError if the text is not the number of a generation */
function generationIn(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError(
    `--to must be the number of a generation, such as 3, and is ${JSON.stringify(text)}; chancery projections lists the kept generations`,
  );
}

/** Prints a rebuild; if it needs a decision, with examples of the drift. */
const rebuildLines = (rebuild: ShownRebuild): string =>
  [
    rebuildText(rebuild),
    ...(isUnderWay(rebuild) ? [] : examplesText(rebuild).map((line) => `  ${line}`)),
  ].join('\n');
