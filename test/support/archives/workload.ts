// The deterministic requests of a busy desk: chains of requests with idempotency keys. Chains run concurrently, the
// requests of one chain in order. A desk retries with the same keys if the archive ends.

export interface Keyed {
  /** The idempotency key, with which a retry never records twice. */
  readonly key: string;
  readonly path: string;
  readonly body: object;
}

/** Returns a request. It gets the ids that earlier requests of its chain made, in order. */
type Step = (ids: readonly string[]) => Keyed;

export interface Answered {
  readonly key: string;
  readonly status: number;
  readonly id: string;
  readonly events: readonly string[];
  readonly revision: number;
}

export interface Desk {
  /** Sends one request until it is answered, across any number of restarts of the archive. */
  readonly send: (request: Keyed) => Promise<Answered>;
}

const SENTENCES = 60;
const sentence = (n: number): string =>
  `Sentence ${n}: minister ${n % 7} said that talks number ${n * 13} went on.`;

export const articleBody = {
  text: Array.from({ length: SENTENCES }, (_, n) => sentence(n)).join(' '),
  title: 'Sixty sentences',
  publisher: 'The Daily',
  language: 'en',
  publishedOn: '2023-03-03',
};

const actors = Array.from({ length: 7 }, (_, n) => `actor-minister-${n}`);

/** Requests that make the resources of all other chains. */
export const groundwork: readonly Step[] = [
  () => ({ key: 'article', path: '/articles', body: articleBody }),
  ...actors.map((id, n) => () => ({
    key: id,
    path: '/actors',
    body: { id, kind: 'person', name: `Minister ${n}` },
  })),
];

/** Returns chains with a meeting, a statement and an opinion, which are corrected, supported or retracted later. */
export function chains(count: number, article: string): Step[][] {
  return Array.from({ length: count }, (_, n) => chain(n, article));
}

function chain(n: number, article: string): Step[] {
  const exact = sentence(n % SENTENCES);
  const evidence = [{ articleId: article, exact }];
  const more = [{ articleId: article, exact: sentence((n + 1) % SENTENCES) }];
  const [first = '', second = ''] = [actors[n % 7], actors[(n + 3) % 7]];
  const words = { content: exact, form: 'indirect', language: 'en', certainty: 'asserted', evidence };
  const day = `2023-03-${String(1 + (n % 28)).padStart(2, '0')}`;
  const meeting = {
    title: `Meeting ${n}`,
    participants: [{ actor: first }, { actor: second }],
    heldOn: day,
    format: 'in-person',
    certainty: 'asserted',
    topics: [`topic-${n % 5}`],
    evidence,
  };
  const statement = { ...words, speakers: [{ actor: first }], act: 'said', channel: 'meeting', madeOn: day };
  const opinion = { ...words, by: { actor: second }, standing: 'expert', publishedOn: day };
  const correction = { cause: 'coding-error', reason: 'mistyped' };
  const key = (step: string): string => `chain-${n}/${step}`;
  return [
    () => ({ key: key('meeting'), path: '/meetings', body: meeting }),
    ([id = '']) => ({ key: key('statement'), path: '/statements', body: { ...statement, meetingId: id } }),
    ([id = '']) => ({
      key: key('moved'),
      path: `/meetings/${id}/corrections`,
      body: { ...correction, changes: { heldOn: '2023-04-01', topics: ['moved'] } },
    }),
    ([, id = '']) => ({ key: key('evidence'), path: `/statements/${id}/evidence`, body: { evidence: more } }),
    ([id = '']) => ({
      key: key('opinion'),
      path: '/opinions',
      body: { ...opinion, regarding: [{ id, relation: 'about' }] },
    }),
    ([, id = '']) => ({
      key: key('asked'),
      path: `/statements/${id}/corrections`,
      body: { ...correction, changes: { act: 'asked' } },
    }),
    ([, , , , id = '']) => ({
      key: key('retracted'),
      path: `/opinions/${id}/retractions`,
      body: { reason: 'a hoax' },
    }),
    ([id = '']) => ({
      key: key('titled'),
      path: `/meetings/${id}/corrections`,
      body: { ...correction, changes: { title: `Meeting ${n}, put right` } },
    }),
  ];
}

/** Runs `atOnce` chains concurrently. Returns the answers in any order. */
export async function work(
  desk: Desk,
  chains: readonly (readonly Step[])[],
  atOnce: number,
): Promise<Answered[]> {
  const answers: Answered[] = [];
  const waiting = [...chains];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const ids: string[] = [];
      for (const step of next) {
        const answer = await desk.send(step(ids));
        ids.push(answer.id);
        answers.push(answer);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}
