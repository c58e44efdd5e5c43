// The commands that look after read models: how far they are, rebuilds, and the way back.
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
    .description('how far each read model is, which rows of it are read, and what is being rebuilt')
    .action(async () => {
      const projections = await readProjections(client());
      print(projectionsText(projections), { projections });
    });

  program
    .command('rebuild')
    .description('fold all read models anew beside those that are read, compare the two, and switch')
    .option('--watch', 'wait for the end, with a progress bar on standard error', false)
    .action(async ({ watch: isWatched }: { watch: boolean }) => {
      const archive = client();
      const started = await requestRebuild(archive, isWatched);
      const rebuild = isWatched ? await watch(archive, started, progressBars()) : started;
      print(rebuildLines(rebuild), rebuild);
      // Without --watch the command only confirms the request. A check that found no drift ends unchanged.
      if (isWatched && rebuild.phase !== 'switched' && rebuild.phase !== 'unchanged') process.exitCode = 1;
    });

  for (const [name, decision, what] of [
    ['accept-rebuild', 'acceptances', 'switch to what was rebuilt in spite of its drift'],
    ['cancel-rebuild', 'cancellations', 'cancel the rebuild that runs; what it built is removed'],
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
    .description('go back to the rows of all read models that were read before the last rebuild')
    .option('--to <generation>', 'to this one of those that are kept')
    .action(async ({ to }: { readonly to?: string }) => {
      const projections = await requestRollback(client(), to === undefined ? undefined : generationIn(to));
      print(projectionsText(projections), { projections });
    });
}

/** @throws UsageError if it is not the number of a generation. */
function generationIn(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError(
    `--to must be the number of a generation, such as 3, and is ${JSON.stringify(text)}: chancery projections lists those that are kept`,
  );
}

/** One that waits for a decision says what it found. */
const rebuildLines = (rebuild: ShownRebuild): string =>
  [
    rebuildText(rebuild),
    ...(isUnderWay(rebuild) ? [] : examplesText(rebuild).map((line) => `  ${line}`)),
  ].join('\n');
