// The commands for an archive's log: replay, verify, import and new-key.
import { join } from 'node:path';
import type { Command } from 'commander';
import { addSigningKey } from '../../../adapters/node/key-file.ts';
import { vkeysOf } from '../../../domain/log/log-identity.ts';
import { settingsIn } from '../../../functions/settings/settings.ts';
import type { Client } from '../api-client.ts';
import { importSource, importText, openImported, type ImportOptions } from './import.ts';
import { importInto } from '../input/import-target.ts';
import { openArticles } from '../input/article-files.ts';
import { openLog } from '../input/log-source.ts';
import { progressBar } from '../text/progress.ts';
import { replayTo, type ReplayOptions } from './replay-log.ts';
import { verdictJson, verdictText } from '../text/verdict-text.ts';
import { verifySource, type VerifyOptions } from './verify.ts';

export function logCommands(
  program: Command,
  client: () => Client,
  print: (text: string, json: unknown) => void,
): void {
  program
    .command('replay')
    .description('print every event in log order, as NDJSON on standard output')
    .option('--after <position>', 'begin after this position')
    .option('--type <type...>', 'only events of these types')
    .option('--stream <id>', 'only events of this stream')
    .option('--follow', 'wait for further events, without end', false)
    .action(async (options: ReplayOptions) => {
      await replayTo(client(), options, process.stdout, progressBar());
    });

  program
    .command('verify')
    .description('verify a log and the articles next to it: of a folder or a URL, or of the archive')
    .argument('[location]', "the folder or URL of an archive or of a log's files")
    .option('--vkey <key...>', 'verifier keys of the log and of its witnesses, or files of them')
    .option(
      '--since <file...>',
      'an earlier signed checkpoint that you kept: the log must have grown from it',
    )
    .option('--remember <file>', 'as --since, if the file exists; writes the verified checkpoint into it')
    .option(
      '--articles <location>',
      "the archive or the folder with the articles' bytes, if they are not next to the log",
    )
    .option('--log-only', 'verify the log and its events, without articles, passages and contents', false)
    .action(
      async (
        location: string | undefined,
        options: VerifyOptions & { articles?: string; logOnly: boolean },
      ) => {
        const source = await openLog(location ?? client().url);
        const evidence = options.logOnly
          ? {}
          : { evidence: { articles: await openArticles(source, options.articles) } };
        const verdict = await verifySource(source, options, progressBar(), evidence);
        print(
          verdictText(verdict, source.location, options.logOnly ? '--log-only' : undefined),
          verdictJson(verdict),
        );
        if (verdict.faults > 0) process.exitCode = 1;
      },
    );

  program
    .command('import')
    .description(
      "verify another archive's log, and copy it with its articles into the empty archive in CHANCERY_HOME, or with CHANCERY_STORE=aws on DynamoDB and S3",
    )
    .argument('<location>', "the folder or URL of an archive or of a log's files")
    .option('--vkey <key...>', 'verifier keys of the log and of its witnesses, or files of them')
    .option(
      '--since <file...>',
      'an earlier signed checkpoint that you kept: the log must have grown from it',
    )
    .option(
      '--articles <location>',
      "the archive or the folder with the articles' bytes, if they are not next to the log",
    )
    .option('--create', 'with CHANCERY_STORE=aws: create absent tables and buckets', false)
    .action(async (location: string, options: ImportOptions & { create: boolean }) => {
      const source = await openImported(location);
      const { verdict, done } = await importInto(process.env, options.create, (stores) =>
        importSource(source, stores, options, { bar: progressBar, clock: Date.now }),
      );
      if (done) return print(importText(done), done);
      const text = verdictText(verdict, source.location, 'the log must be verified first');
      print(`${text}\nnothing was imported`, verdictJson(verdict));
      process.exitCode = 1;
    });

  program
    .command('new-key')
    .description("add a second key to the log's key file, which will replace the first (see docs/log.md)")
    .option('--file <file>', 'the key file (default: log.key in CHANCERY_HOME)')
    .action(async ({ file = join(settingsIn(process.env).CHANCERY_HOME, 'log.key') }: { file?: string }) => {
      const [vkey = ''] = vkeysOf([await addSigningKey(file)]);
      print(`${vkey}\nthe archive signs with this key, too, after its next start`, { vkey });
    });
}
