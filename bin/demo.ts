// `chancery demo`: archives a sample article and records what it reports. Then it prints the dossier, a refused
// misquotation, a correction with its difference, and the verified log.
import { fileURLToPath } from 'node:url';
import { DatabaseInUse } from '../adapters/sqlite/database.ts';
import type { Evidence } from '../events/shared-pieces.ts';
import type { Side } from '../domain/queries/meetings/meeting-dossier.ts';
import type { Settings } from '../functions/settings/settings.ts';
import { Client } from './cli/api-client.ts';
import { archiveFile } from './cli/commands/archive-file.ts';
import { isRefused, recordFile, resultText, type RecordResult } from './cli/commands/record.ts';
import { verifySource } from './cli/commands/verify.ts';
import { openArticles } from './cli/input/article-files.ts';
import { openLog } from './cli/input/log-source.ts';
import { changesOf, differenceText } from './cli/text/diff-text.ts';
import { dossierText } from './cli/text/dossier-text.ts';
import { wrap } from './cli/text/print.ts';
import { progressBar } from './cli/text/progress.ts';
import { verdictText } from './cli/text/verdict-text.ts';
import { wholeMeeting, type MeetingShown } from './cli/whole-lists.ts';
import { startServing, type Serving } from './server/serve.ts';
import { UsageError } from './usage-error.ts';

const sample = (name: string): string => fileURLToPath(new URL(`demo/${name}`, import.meta.url));

/** Entries that the demonstration prints: of what was said, and of each other part of the dossier. */
const MAX_SAID = 3;
const MAX_OTHERS = 1;

/** @throws UsageError if another process serves the folder. */
export async function runDemo({ CHANCERY_HOME: home, PORT: port }: Settings): Promise<void> {
  const serving = await startServing({ home, port: 0, host: '127.0.0.1', subject: 'demo' }).catch(inUse);
  try {
    await show(serving, port);
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

async function show(serving: Serving, port: string): Promise<void> {
  const client = new Client(serving.url);
  const before = await size(client);
  const { json: article } = await archiveFile(client, sample('article.json'));
  const results = await recordAll(client, 'records.ndjson', article.id);
  const refused = results.find(isRefused);
  if (refused) throw new Error(`the archive refused a record of the sample\n${resultText(refused)}`);
  const idOf = (key: string): string => results.find((result) => result.key === key)?.id ?? '';
  const corrected = idOf('whelan-release');
  await client.post(`/statements/${corrected}/corrections`, CORRECTION, {
    'Idempotency-Key': 'demo-correction',
  });
  await serving.running.relay.settled();
  const added = (await size(client)) - before;

  const meeting = idOf('meeting');
  const dossier = await wholeMeeting(client, `/meetings/${meeting}`, new URLSearchParams());
  console.log(shortDossier(dossier, client.url));
  console.log(`One article gave ${countsOf(results)}. A passage:`);
  const { evidence } = await client.get<{ evidence: readonly Evidence[] }>(`/statements/${corrected}`);
  for (const { exact, start, end } of evidence)
    console.log(wrap(`“${exact}” (characters ${start} to ${end})`, 2));
  console.log(heading('A misquotation is refused: the source says “consensus”'));
  for (const result of await recordAll(client, 'misquotation.ndjson', article.id))
    console.log(resultText(result));
  console.log(heading('A correction changes nothing that was recorded: it is one more event'));
  const [from, to] = await positionsAround(client, corrected);
  const { items, names } = await changesOf(client, new URLSearchParams({ from, to }));
  for (const item of items) console.log(differenceText(item, names));
  console.log(heading('The log is signed: every reader can verify it'));
  const log = await openLog(serving.location);
  const articles = await openArticles(log, undefined);
  const verdict = await verifySource(log, {}, progressBar(), { evidence: { articles } });
  console.log(verdictText(verdict, log.location));
  console.log(heading('What next'));
  const done = added === 0 ? 'Nothing changed by this run' : `${added} events are recorded`;
  console.log(`${done}. Serve the archive, then query it from another terminal:
  ${environment()}npx chancery serve
  npx chancery show ${meeting}
  npx chancery timeline --speaker actor-antony-blinken
  npx chancery diff --from ${from} --to ${to}
  npx chancery verify${port === '0' ? '\nPORT is 0: "serve" prints its address; pass it to the others with --url.' : ''}`);
}

const CORRECTION = {
  cause: 'coding-error',
  reason: 'The article reports a demand.',
  changes: { act: 'demanded' },
};

const heading = (text: string): string => `\n${text}\n${'─'.repeat(text.length)}`;

const recordAll = async (client: Client, name: string, article: string): Promise<RecordResult[]> =>
  (await Array.fromAsync(recordFile(client, sample(name), { article, dryRun: false }))).flat();

/** Returns how many records of each kind were recorded, in words. */
function countsOf(results: readonly RecordResult[]): string {
  const kinds = Map.groupBy(results, ({ id = '' }) => id.slice(0, id.indexOf('-')));
  const counts = ['meeting', 'statement', 'opinion', 'actor'].map((kind) => {
    const count = kinds.get(kind)?.length ?? 0;
    return `${count} ${kind}${count === 1 ? '' : 's'}`;
  });
  return `${counts.slice(0, -1).join(', ')} and ${counts.at(-1)}`;
}

/** Returns the dossier with the first entries of each part, and a last line that counts the others. */
function shortDossier(dossier: MeetingShown, archive: string): string {
  let left = 0;
  const firstOf = (sides: readonly Side[], most: number): Side[] => {
    let room = most;
    return sides.flatMap(({ party, entries }) => {
      const shown = entries.slice(0, room);
      room -= shown.length;
      left += entries.length - shown.length;
      return shown.length === 0 ? [] : [{ party, entries: shown }];
    });
  };
  const short = {
    ...dossier,
    sides: firstOf(dossier.sides, MAX_SAID),
    speculation: firstOf(dossier.speculation, MAX_OTHERS),
    opinions: firstOf(dossier.opinions, MAX_OTHERS),
  };
  return `${dossierText(short, archive)}\n\n… and ${left} more statements and opinions.`;
}

/** Returns the positions of the log before and after the correction of this statement. */
async function positionsAround(client: Client, id: string): Promise<readonly [from: string, to: string]> {
  const { events } = await client.get<{ events: readonly { position: number }[] }>(
    `/events?stream=${id}&type=StatementCorrected`,
  );
  const [{ position } = { position: 0 }] = events;
  return [String(position - 1), String(position)];
}

/** Returns the variables that a command needs to find this archive, as a shell takes them. */
const environment = (): string => {
  const { CHANCERY_HOME: home } = process.env;
  return home === undefined || home === '' ? '' : `CHANCERY_HOME='${home.replaceAll("'", `'\\''`)}' `;
};

async function size(client: Client): Promise<number> {
  return (await client.get<{ size: number }>('/events?limit=1')).size;
}
