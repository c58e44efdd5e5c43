// `npm run demo`: starts the embedded archive, archives the sample article, records what it reports, prints the
// dossier and says where to look. Running it again changes nothing and says so.
import { fileURLToPath } from 'node:url';
import { DatabaseInUse } from '../adapters/sqlite/database.ts';
import { archiveFile } from './cli/archive.ts';
import { Client } from './cli/client.ts';
import { isRefused, recordFile, recordLine } from './cli/record.ts';
import { show } from './cli/show.ts';
import { startServing } from './serve.ts';

const sample = (name: string): string => fileURLToPath(new URL(`demo/${name}`, import.meta.url));

const home = process.env['CHANCERY_HOME'] ?? '.chancery';
const serving = await startServing({ home, port: 0, host: '127.0.0.1', subject: 'demo' }).catch(
  (error: unknown) => {
    if (!(error instanceof DatabaseInUse)) throw error;
    console.error(
      `${error.message}\nThe demo starts its own archive: stop the other process first, or set CHANCERY_HOME to another folder.`,
    );
    return process.exit(2);
  },
);

try {
  const client = new Client(serving.url);
  const before = await size(client);
  const article = await archiveFile(client, sample('article.json'));
  console.log(`The sample article: ${article.text}`);
  const results = await recordFile(client, sample('records.ndjson'), {
    article: article.json.id,
    dryRun: false,
  });
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
  ${serving.place}   the archive: events, views, the article's bytes, the log
  npm start                     serves it at http://127.0.0.1:${process.env['PORT'] ?? 3000}; then, in another terminal:
  npm run -s chancery -- show ${article.json.id.slice(0, 20)}…   (the whole id) its passages, and what is uncoded
  npm run -s chancery -- timeline --speaker actor-antony-blinken
  npm run -s chancery -- replay                   every event, in log order`);
} finally {
  await serving.stop();
}

async function size(client: Client): Promise<number> {
  return (await client.get<{ size: number }>('/events?limit=1')).size;
}
