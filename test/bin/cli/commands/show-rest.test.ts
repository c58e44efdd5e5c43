// `chancery show` prints the address of what a dossier leaves out.
import { expect, test } from 'vitest';
import { Client } from '../../../../bin/cli/api-client.ts';
import { show } from '../../../../bin/cli/commands/show.ts';
import { fedArchive } from '../../../support/archives/archive-of.ts';
import { met as metAt, person, said as saidBy, type Entry } from '../../../support/entries.ts';

const URL = 'http://archive.example';

async function clientOf(entries: readonly Entry[]): Promise<Client> {
  const archive = await fedArchive(entries);
  class InMemory extends Client {
    override async fetch(path: string): Promise<Response> {
      const { status, text, headers } = await archive.get(path);
      return new Response(text, { status, headers });
    }
  }
  return new InMemory(URL);
}

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `n${n + 10}`);
const said = (name: string, more: object): Entry =>
  saidBy(`statement-${name}`, { speakers: [{ actor: 'actor-busy' }], topics: [], ...more });
const met = (name: string, other: string): Entry => metAt(`meeting-${name}`, 'actor-busy', other);

test('show counts the actors and topics that the dossier of an actor leaves out, and prints their addresses', async () => {
  const client = await clientOf([
    ...['actor-busy', ...names(22).map((name) => `actor-${name}`)].map(person),
    ...names(22).map((name) => met(name, `actor-${name}`)),
    ...names(24).map((name) => said(name, { topics: [name] })),
  ]);
  const text = (await show(client, 'actor-busy')).text.replaceAll(/\s+/g, ' ');
  expect(text).toMatch(
    /Met .*, actor-n29 \(1×\), and 2 more: http:\/\/archive\.example\/network\?actor=actor-busy&asOf=\d+ /,
  );
  expect(text).toMatch(
    /Speaks on .*, n29, and at least 4 more: http:\/\/archive\.example\/topics\?actor=actor-busy&asOf=\d+ /,
  );
  const quiet = (await show(client, 'actor-n10')).text;
  expect(quiet).not.toContain('more');
});

test('show prints the address of all responses if the dossier of a meeting leaves some out', async () => {
  const talks = met('talks', 'actor-n10');
  const answer = { regarding: [{ id: 'statement-s', relation: 'answers' }] };
  const entries = [talks, said('s', { meetingId: 'meeting-talks' })];
  const few = await clientOf([...entries, said('a', answer)]);
  expect((await show(few, 'meeting-talks')).text).not.toContain('More responses');
  const many = await clientOf([...entries, ...names(60).map((name) => said(name, answer))]);
  const { text, json } = await show(many, 'meeting-talks');
  expect(text).toMatch(
    /^More responses than are shown here\n─+\n {2}http:\/\/archive\.example\/statements\/statement-s\/responses\?asOf=\d+$/m,
  );
  expect(json).toHaveProperty('more.responses.statement-s');
});
