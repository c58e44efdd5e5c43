// What a busy desk sends to an archive, the same each time: chains of keyed requests, each chain in order, sixteen
// chains at once; and a desk that goes on, with the same keys, when the archive ends in the middle of it.

export interface Keyed {
  /** The Idempotency-Key: a retry with it never records twice. */
  readonly key: string;
  readonly path: string;
  readonly body: object;
}

/** A request may name the things that earlier ones of its chain made, by their place in the chain. */
type Step = (ids: readonly string[]) => Keyed;

export interface Answered {
  readonly key: string;
  readonly status: number;
  readonly id: string;
  readonly events: readonly string[];
  readonly revision: number;
}

export interface Desk {
  /** Sends one request until it is answered, across any number of ends and beginnings of the archive. */
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

/** Everything that the other chains refer to. */
export const groundwork: readonly Step[] = [
  () => ({ key: 'article', path: '/articles', body: articleBody }),
  ...actors.map((id, n) => () => ({
    key: id,
    path: '/actors',
    body: { id, kind: 'person', name: `Minister ${n}` },
  })),
];

/** A meeting, a statement at it and an opinion of it, each then put right, supported or taken back. */
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

/** Runs the chains, so many at once; the answers in no order. */
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
