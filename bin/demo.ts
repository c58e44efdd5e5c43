// `chancery demo`: starts the embedded archive, archives the sample article, records what it reports, prints the
// dossier and says where to look. Running it again changes nothing and says so.
import { fileURLToPath } from 'node:url';
import { DatabaseInUse } from '../adapters/sqlite/database.ts';
import type { Settings } from '../functions/settings/settings.ts';
import { archiveFile } from './cli/commands/archive-file.ts';
import { Client } from './cli/api-client.ts';
import { isRefused, recordFile, recordLine } from './cli/commands/record.ts';
import { show } from './cli/commands/show.ts';
import { UsageError } from './usage-error.ts';
import { startServing, type Serving } from './server/serve.ts';

const sample = (name: string): string => fileURLToPath(new URL(`demo/${name}`, import.meta.url));

/** Throws UsageError if another process serves the folder. */
export async function runDemo({ CHANCERY_HOME: home, PORT: port }: Settings): Promise<void> {
  const serving = await startServing({ home, port: 0, host: '127.0.0.1', subject: 'demo' }).catch(inUse);
  try {
    await record(serving, port);
  } finally {
    await serving.stop();
  }
}

function inUse(error: unknown): never {
  if (!(error instanceof DatabaseInUse)) throw error;
  throw new UsageError(
    `${error.message}\nThe demo starts its own archive: stop the other process first, or set CHANCERY_HOME to another folder.`,
    { cause: error },
  );
}

async function record(serving: Serving, port: string): Promise<void> {
  const client = new Client(serving.url);
  const before = await size(client);
  const article = await archiveFile(client, sample('article.json'));
  console.log(`The sample article: ${article.text}`);
  const options = { article: article.json.id, dryRun: false };
  const results = (await Array.fromAsync(recordFile(client, sample('records.ndjson'), options))).flat();
  for (const result of results) console.log(recordLine(result));
  if (results.some(isRefused)) throw new Error('the sample was refused');
  await serving.running.relay.settled();
  const added = (await size(client)) - before;
  console.log(
    added === 0
      ? '\nNothing changed: all of it was recorded by an earlier run.\n'
      : `\n${added} events recorded.\n`,
  );
  const meeting = results.find(({ key }) => key === 'meeting')?.id ?? '';
  console.log((await show(client, meeting)).text);
  console.log(`
Where to look
  ${serving.place}   the archive: events, read models, the article's bytes, the log
  npx chancery serve            serves it${port === '0' ? '' : ` at http://127.0.0.1:${port}`}; then, in another terminal:
  npx chancery show ${article.json.id.slice(0, 20)}…   (the whole id) its passages, and what is uncoded
  npx chancery timeline --speaker actor-antony-blinken
  npx chancery replay           every event, in log order`);
}

async function size(client: Client): Promise<number> {
  return (await client.get<{ size: number }>('/events?limit=1')).size;
}
