// Measures waited writes: records statements one after another with `Prefer: wait=5`, so that each answer comes when
// the read models show the statement. Prints the median milliseconds as JSON.
import { inFreshFolder, median } from '../workload.ts';
import {
  actorRecord,
  article,
  OF_A_SPEAKER,
  recordAll,
  requester,
  serve,
  speakerOf,
  statementOf,
} from './serving.ts';

export interface WaitedFigures {
  readonly statements: number;
  readonly milliseconds: number;
}

const STATEMENTS = 5_000;
const WARM_UP = 50;
const CALLS = 100;
const WAIT_SECONDS = 5;

await inFreshFolder(async (folder) => {
  const { api, stop } = await serve(folder);
  const { ask, close } = requester<{ readonly id: string }>(1);
  const { id } = (await ask(`${api}/articles`, article)).body;
  const actors = Array.from({ length: (STATEMENTS + WARM_UP + CALLS) / OF_A_SPEAKER }, (_, n) =>
    actorRecord(speakerOf(n * OF_A_SPEAKER)),
  );
  const statements = Array.from(
    { length: STATEMENTS },
    (_, n) => ({ kind: 'statement', key: `${n}`, body: statementOf(n, id) }) as const,
  );
  await recordAll(ask, `${api}/articles/${id}`, [...actors, ...statements]);
  let next = STATEMENTS;
  const record = async (): Promise<void> => {
    const {
      status,
      waited,
      body: answer,
    } = await ask(`${api}/statements`, statementOf(next++, id), WAIT_SECONDS);
    if (status !== 201 || !waited) throw new Error(`POST /statements: ${status} ${JSON.stringify(answer)}`);
  };
  await median(WARM_UP, record);
  const milliseconds = await median(CALLS, record);
  close();
  await stop();
  process.stdout.write(
    `${JSON.stringify({ statements: STATEMENTS, milliseconds } satisfies WaitedFigures)}\n`,
  );
});
