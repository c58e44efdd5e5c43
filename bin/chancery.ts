#!/usr/bin/env node
// The chancery command: serves an archive, and speaks HTTP to any. Exit codes: 0 done, 1 the archive refused, 2 wrong
// usage, 3 the archive can't be reached or failed.
import { Command, CommanderError, Option } from 'commander';
import { KeyFileError } from '../adapters/node/key-file.ts';
import { DatabaseInUse } from '../adapters/sqlite/database.ts';
import { ViewsMissing } from '../adapters/sqlite/view-files.ts';
import { ImportRefused } from '../domain/import.ts';
import { LogConflict } from '../domain/log-files.ts';
import { openWitnesses } from '../functions/witnesses.ts';
import { archiveFile } from './cli/archive.ts';
import { Client, Refused, Unreachable } from './cli/client.ts';
import { logCommands } from './cli/log-commands.ts';
import { jsonText } from './cli/print.ts';
import { problemLines } from './cli/problem.ts';
import { projectionCommands } from './cli/projection-commands.ts';
import { isRefused, recordFile, recordLine } from './cli/record.ts';
import { readingCommands } from './cli/reading-commands.ts';
import { storeIn } from './cli/store.ts';
import { given, UsageError } from './cli/usage.ts';
import { ImportUnfinished } from './archive.ts';
import { startServing } from './serve.ts';

// Whoever reads the output has had enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const program = new Command('chancery')
  .description('An archive of diplomacy: who said what to whom, when, according to which source')
  .option(
    '--url <url>',
    'the archive to speak to',
    process.env['CHANCERY_URL'] ?? `http://127.0.0.1:${process.env['PORT'] ?? 3000}`,
  )
  .option('--json', 'print what the archive answers, as JSON')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) });

const client = () => new Client(program.opts<{ url: string }>().url);
const print = (text: string, json: unknown): void =>
  console.log(program.opts<{ json?: boolean }>().json ? jsonText(json) : text);

program
  .command('serve')
  .description(
    'serve the archive of a folder, or with CHANCERY_STORE=aws one on DynamoDB and S3, on loopback',
  )
  .option('--create', 'with CHANCERY_STORE=aws: make the tables and buckets that are absent', false)
  .action(async ({ create }: { create: boolean }) => {
    const store = storeIn(process.env);
    const origin = process.env['CHANCERY_ORIGIN'];
    const serving = await startServing({
      ...(origin === undefined ? {} : { origin }),
      witnesses: given(() => openWitnesses(process.env)),
      ...(store === 'aws' ? { create } : { home: process.env['CHANCERY_HOME'] ?? '.chancery' }),
      port: Number(process.env['PORT'] ?? 3000),
      host: process.env['HOST'] ?? '127.0.0.1',
      subject: process.env['CHANCERY_SUBJECT'] ?? 'local',
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        void serving.stop().then(() => process.exit(0));
      });
    }
    console.log(`Chancery serves ${serving.place} at ${serving.url}`);
    console.log(`Every call: ${serving.url}/openapi.json`);
  });

program
  .command('archive')
  .description(
    'archive an article: a UTF-8 text with its metadata as options, or a .json file with all of it',
  )
  .argument('<file>')
  .option('--title <title>', 'as printed; in [square brackets] if the source prints none')
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
    'record what an article reports: {"kind", "key", "body"} a line, "@key" for the id of an earlier line',
  )
  .argument('<file>')
  .option('--article <id>', 'the article that these records are of')
  .option('--dry-run', 'write nothing, show every refusal', false)
  .action(async (file: string, options: { article?: string; dryRun: boolean }) => {
    const results = await recordFile(client(), file, options);
    const refused = results.filter(isRefused).length;
    const there =
      results.filter(({ replayed, events = [] }) => replayed || events.length === 0).length - refused;
    const summary = `${results.length - refused - there} ${options.dryRun ? 'would be recorded' : 'recorded'}, ${there} already there, ${refused} refused`;
    const lines = results.map((result) => recordLine(result, options.dryRun));
    print([...lines, summary].join('\n'), { records: results });
    if (refused > 0) process.exitCode = 1;
  });

readingCommands(program, client, print);
logCommands(program, client, print);
projectionCommands(program, client, print);

function exitCodeOf(error: unknown): number {
  if (error instanceof Refused) return error.status >= 500 ? 3 : 1;
  if (error instanceof Unreachable) return 3;
  if (error instanceof ImportRefused) return 1;
  return 2;
}

function messageOf(error: unknown): string {
  if (error instanceof Refused) return problemLines({ detail: error.message, ...error.problem }).join('\n');
  return error instanceof Error ? error.message : String(error);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const expected =
      [
        Refused,
        Unreachable,
        UsageError,
        DatabaseInUse,
        ViewsMissing,
        KeyFileError,
        LogConflict,
        ImportRefused,
        ImportUnfinished,
      ].some((kind) => error instanceof kind) || isSystemError(error);
    console.error(expected ? messageOf(error) : error);
    process.exitCode = exitCodeOf(error);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
