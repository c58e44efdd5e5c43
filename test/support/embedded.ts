// An embedded archive in a folder of its own, spoken to without a network: what the HTTP tests ask and are answered.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningArchive } from '../../bin/archive.ts';
import { openEmbedded } from '../../bin/embedded.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: any;
}

export interface TestArchive {
  readonly embedded: RunningArchive;
  readonly alarms: string[];
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  readonly post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
  readonly send: (path: string, init: RequestInit) => Promise<Answer>;
  /** Everything recorded so far is in the views. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openTestArchive(): Promise<TestArchive> {
  const home = await mkdtemp(join(tmpdir(), 'chancery-'));
  const alarms: string[] = [];
  const embedded = await openEmbedded(home, {
    subject: 'tester',
    alarm: (what, error) => alarms.push(`${what} ${String(error)}`),
  });
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await embedded.api.request(path, init);
    const text = await response.text();
    const isJson =
      /json/.test(response.headers.get('content-type') ?? '') &&
      !/ndjson/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : undefined,
    };
  };
  return {
    embedded,
    alarms,
    send,
    get: (path, headers = {}) => send(path, { headers }),
    post: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    settled: embedded.relay.settled,
    close: async () => {
      await embedded.close();
      await rm(home, { recursive: true });
    },
  };
}

export const articleText =
  'The two ministers met in Delhi on Thursday.\r\n“We talked, and we listened — no more”, said Anna Beck. Her colleague Omar Diallo declined to comment. ' +
  'Peace is near. Peace is near. Some say: peace is near. Peace is near. An <b>editor</b> asked & got no answer. Café 🕊️ talks went on.';

export const articleBody = {
  text: articleText,
  title: 'Two ministers <i>meet</i>',
  publisher: 'The Daily',
  language: 'en',
  publishedOn: '2023-03-03',
};

/** The ids of an article, two actors, a meeting and a statement on it. */
export interface Seeded {
  readonly article: string;
  readonly anna: string;
  readonly omar: string;
  readonly meeting: string;
  readonly statement: string;
}

export const meetingBody = ({ article, anna, omar }: Pick<Seeded, 'article' | 'anna' | 'omar'>) => ({
  title: 'Beck meets Diallo',
  participants: [{ actor: anna }, { actor: omar }],
  heldOn: '2023-03-02',
  format: 'in-person',
  certainty: 'asserted',
  topics: ['peace'],
  evidence: [{ articleId: article, exact: 'The two ministers met in Delhi on Thursday.' }],
});

export const statementBody = ({ article, anna }: Pick<Seeded, 'article' | 'anna'>) => ({
  speakers: [{ actor: anna, printed: 'Anna Beck' }],
  act: 'said',
  channel: 'press',
  madeOn: '2023-03-02',
  content: 'We talked, and we listened - no more',
  form: 'direct',
  language: 'en',
  certainty: 'asserted',
  topics: ['peace'],
  evidence: [{ articleId: article, exact: '"We talked, and we listened - no more", said Anna Beck.' }],
});

export const opinionBody = ({ article, omar }: Pick<Seeded, 'article' | 'omar'>) => ({
  by: { actor: omar },
  standing: 'expert',
  publishedOn: '2023-03-03',
  content: 'An <b>editor</b> asked & got no answer',
  form: 'indirect',
  language: 'en',
  certainty: 'asserted',
  evidence: [{ articleId: article, exact: 'An <b>editor</b> asked & got no answer.' }],
});

export async function seed({ post, settled }: TestArchive): Promise<Seeded> {
  const article: string = (await post('/articles', articleBody)).body.id;
  const anna: string = (await post('/actors', { id: 'actor-anna-beck', kind: 'person', name: 'Anna Beck' }))
    .body.id;
  const omar: string = (
    await post('/actors', { id: 'actor-omar-diallo', kind: 'person', name: 'Omar Diallo' })
  ).body.id;
  const meeting: string = (await post('/meetings', meetingBody({ article, anna, omar }))).body.id;
  const statement: string = (
    await post('/statements', { ...statementBody({ article, anna }), meetingId: meeting })
  ).body.id;
  await settled();
  return { article, anna, omar, meeting, statement };
}
