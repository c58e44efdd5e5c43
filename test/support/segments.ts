// The workload that peers were measured with, as statements of this archive: transcript segments of 600 to 800 characters
// from a word list. The same numbers give the same segments.
import { createHash } from 'node:crypto';
import type { Commit } from '../../domain/ports.ts';
import { commitBytes } from '../../events/envelope.ts';
import type { NewEvent } from '../../events/vocabulary.ts';

const WORDS = `the and to of a in that it is was for you we on with as this have be they are not but
from or at by what so about there when can if would all one people think had know like just which
more their some out up time how them because really then other could our been into than going who
who's were way see now make over very well something thing things also did only get want work years
first even back where many most should good such those through kind new much right before between
question system systems model memory reason history science energy physics language learning data
computer brain human humans world power state country market money company government public policy
research paper result evidence theory mathematics proof engineer software hardware robot network
training network scaling compute reward agent safety risk future century war peace election law
court border city family children school teacher book author music film sport chess game player
coach team fight training diet sleep health doctor disease vaccine cell protein evolution species
planet star galaxy quantum particle gravity space rocket engine battery solar climate ocean forest
religion faith belief consciousness mind meaning love friendship courage suffering death happiness`.split(
  /\s+/,
);
const TOPICS = [
  'ai',
  'physics',
  'history',
  'economics',
  'biology',
  'politics',
  'sport',
  'space',
  'computing',
];

/** `about 1 KB` cuts the text so that the event with its envelope has the size of a peer's event; `whole` has 1.5 KB. */
export type Size = 'about 1 KB' | 'whole';
/** About the bytes of the envelope and the fields of a statement, besides its text. */
const ENVELOPE_BYTES = 500;

function randomNumbers(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function segment(stream: number, n: number, size: Size): NewEvent {
  const random = randomNumbers(stream * 7_919 + n * 104_729 + 13);
  const pick = (from: readonly string[], skew = 1): string =>
    from[Math.floor(random() ** skew * from.length)] ?? '';
  const target = 600 + Math.floor(random() * 200);
  const words: string[] = [];
  for (let length = 0; length < target; length += (words.at(-1)?.length ?? 0) + 1)
    words.push(pick(WORDS, 2.2));
  const text = words.join(' ');
  const content = size === 'whole' ? text : text.slice(0, text.length - ENVELOPE_BYTES).trim();
  const start = n * 1_000;
  const exact = content.slice(0, 80).trim();
  return {
    type: 'StatementMade',
    data: {
      speakers: [{ actor: `actor-guest-${Math.floor(random() * 4) + 1}` }],
      act: 'said',
      addressees: [],
      channel: 'interview',
      madeOn: '2026-03-14',
      content,
      form: 'direct',
      language: 'en',
      certainty: 'asserted',
      attributedBy: [],
      about: [],
      regarding: [],
      topics: [...new Set([pick(TOPICS), pick(TOPICS), pick(TOPICS)])],
      evidence: [
        { articleId: `article-${digest(`article ${stream}`)}`, exact, start, end: start + exact.length },
      ],
    },
  };
}

/** Returns a commit with the first `count` segments of a stream, and the receipt of a command. */
export function segmentsCommit(stream: number, count: number, size: Size, revision = 1): Commit {
  const name = `statement-${uuid(`${stream} ${count} ${size}`)}`;
  const numbers = Array.from({ length: count }, (_, index) => (revision - 1) * count + index + 1);
  const events = commitBytes(
    { stream: name, revision, time: '2026-03-14T09:26:53.589Z', recordedBy: 'desk@example.org' },
    numbers.map((n) => segment(stream, n, size)),
    numbers.map((n) => `${name}_${uuid(`${name} ${n}`)}`),
  );
  return { stream: name, revision, events, receipt: { command: digest(`${name} ${revision}`) } };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

function uuid(text: string): string {
  const hex = digest(text);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
