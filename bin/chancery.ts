#!/usr/bin/env node
// The chancery command: serves an archive, or calls one over HTTP.
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { openWitnesses } from '../functions/runtime/open-witnesses.ts';
import { settingsIn, urlFault } from '../functions/settings/settings.ts';
import { archiveFile } from './cli/commands/archive-file.ts';
import { Client } from './cli/api-client.ts';
import { EXIT, EXIT_CODES, exitCodeOf, failureText } from './cli/text/failure-text.ts';
import { logCommands } from './cli/commands/log-commands.ts';
import { watchOutput } from './cli/text/output.ts';
import { jsonText } from './cli/text/print.ts';
import { projectionCommands } from './cli/commands/projection-commands.ts';
import { isRefused, recordedText, recordFile, type RecordResult } from './cli/commands/record.ts';
import { readingCommands } from './cli/commands/reading-commands.ts';
import { UsageError } from './usage-error.ts';
import { startServing } from './server/serve.ts';

watchOutput();

/** package.json is one folder above this file, in the project and in the package. */
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const program = new Command('chancery')
  .description('An archive of diplomacy: who said what to whom, when, according to which source')
  .version(version)
  .option('--url <url>', 'the address of the archive (default: CHANCERY_URL, or this machine)')
  .option('--json', 'print the answer of the archive as JSON')
  .addHelpText('after', `\n${EXIT_CODES}\n\nA file named - is standard input.`)
  // Checks all settings before any command runs, even those that the command does not use.
  .hook('preAction', () => void settingsIn(process.env))
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) });

const client = (): Client => {
  const { CHANCERY_URL, PORT } = settingsIn(process.env);
  const { url } = program.opts<{ url?: string }>();
  const fault = url === undefined ? undefined : urlFault(url);
  if (fault !== undefined) throw new UsageError(`--url ${fault}, and is ${JSON.stringify(url)}`);
  return new Client(url ?? CHANCERY_URL ?? `http://127.0.0.1:${PORT}`);
};
const print = (text: string, json: unknown): void =>
  console.log(program.opts<{ json?: boolean }>().json ? jsonText(json) : text);

program
  .command('serve')
  .description(
    'serve an archive on loopback: the one in CHANCERY_HOME, or with CHANCERY_STORE=aws one on DynamoDB and S3',
  )
  .option('--create', 'with CHANCERY_STORE=aws: create absent tables and buckets', false)
  .action(async ({ create }: { create: boolean }) => {
    const settings = settingsIn(process.env);
    const { CHANCERY_STORE: store, CHANCERY_HOME: home, CHANCERY_ORIGIN: origin } = settings;
    const serving = await startServing({
      ...(origin === undefined ? {} : { origin }),
      witnesses: openWitnesses(settings),
      ...(store === 'aws' ? { create } : { home }),
      port: Number(settings.PORT),
      host: settings.HOST,
      subject: settings.CHANCERY_SUBJECT,
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        void serving.stop().then(() => process.exit(0));
      });
    }
    console.log(`Chancery serves ${serving.location} at ${serving.url}`);
    console.log(`Every call: ${serving.url}/openapi.json`);
  });

program
  .command('archive')
  .description(
    'archive an article: plain text in UTF-8 with its metadata as options, or JSON with text and metadata',
  )
  .argument('<file>')
  .option('--title <title>', 'as printed; in [square brackets] if the source prints no title')
  .option('--publisher <name>')
  .option('--language <tag>', 'BCP 47 (default: en)')
  .option('--published-on <date>', 'EDTF')
  .option('--article-url <url>', 'where it was published')
  .option('--byline <byline>')
  .addOption(
    new Option(
      '--genre <genre>',
      'transcript: word for word; document: communiqué, letter, delivered speech',
    ).choices(['report', 'transcript', 'document']),
  )
  .action(async (file: string, options) => {
    const { text, json } = await archiveFile(client(), file, options);
    print(text, json);
  });

program
  .command('record')
  .description(
    'record what an article reports: one {"kind", "key", "body"} on each line; "@key" stands for the id of an earlier line',
  )
  .argument('<file>')
  .option('--article <id>', 'the article that the records cite')
  .option('--dry-run', 'write nothing, and show every refusal', false)
  .action(async (file: string, options: { article?: string; dryRun: boolean }) => {
    const results: RecordResult[] = [];
    try {
      for await (const some of recordFile(client(), file, options)) results.push(...some);
    } finally {
      if (results.length > 0) print(recordedText(results, options.dryRun), { records: results });
    }
    if (results.some(isRefused)) process.exitCode = EXIT.refused;
  });

readingCommands(program, client, print);
logCommands(program, client, print);
projectionCommands(program, client, print);

program
  .command('demo')
  .description('show what the archive does, with a sample article')
  .action(async () => {
    const { runDemo } = await import('./demo.ts');
    await runDemo(settingsIn(process.env));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  } else {
    console.error(failureText(error) ?? error);
    process.exitCode = exitCodeOf(error);
  }
}
