// Routes of one event's bytes, its inclusion proof, and the consistency proof of the log.
import { z } from '@hono/zod-openapi';
import { streamOfEvent } from '../../../events/envelope.ts';
import { toBase64 } from '../../../events/log/base64.ts';
import { formatTlogProof } from '../../../events/log/tlog-proof.ts';
import { Refusal } from '../../../domain/errors.ts';
import {
  findEvent,
  proveEvent,
  proveLogConsistency,
  readPublished,
  type Inclusion,
  type EventLocation,
} from '../../../domain/log/proofs.ts';
import { negotiated } from '../support/accept.ts';
import type { ApiContext } from '../api-context.ts';
import { wholeNumber } from '../schemas/parameter.ts';
import { applied, waitOf } from '../support/prefer.ts';
import { Problem } from '../support/problem.ts';
import { route, type App, type Handled } from '../support/define-route.ts';

const params = z.object({
  id: z
    .string()
    .max(120)
    .refine((id) => streamOfEvent(id) !== undefined),
});

const hash = z.string().describe('Base64 of 32 bytes');
const checkpoint = z.string().describe('The signed checkpoint that the proof belongs to');
const hashes = z.array(hash);

const inclusionSchema = z.object({
  id: z.string(),
  position: z.int(),
  leaf: hash.describe("SHA-256 of a zero byte and the event's bytes"),
  hashes: hashes.describe("From the leaf's sibling up to the root's child (RFC 6962 section 2.1.1)"),
  size: z.int().describe('The size of the tree that the proof is for'),
  root: hash,
  checkpoint,
});

const consistencySchema = z.object({
  from: z.int(),
  to: z.int(),
  hashes: hashes.describe('RFC 6962 section 2.1.2'),
  checkpoint,
});

const POLL_MS = 50;

export function proofRoutes(app: App, archive: ApiContext): void {
  const { log } = archive;
  route(
    app,
    {
      method: 'get',
      path: '/events/{id}',
      tag: 'history',
      summary: 'One event: its canonical bytes, which are the entry in the log',
      params,
      answers: { 200: { description: 'The event' } },
    },
    async (c, { params: { id } }) => {
      const { bytes } = await eventOf(archive, id);
      c.header('Content-Type', 'application/json');
      c.header('Cache-Control', 'public, max-age=31536000, immutable');
      return c.body(new Uint8Array(bytes));
    },
  );

  route(
    app,
    {
      method: 'get',
      path: '/events/{id}/proof',
      tag: 'log',
      summary: "One event's position in the log, and its inclusion proof",
      params,
      headers: z.object({
        Prefer: z.string().optional().describe('wait=5: answers when the log has it, or after 5 seconds'),
      }),
      answers: {
        200: {
          description:
            'The inclusion proof; with Accept: text/plain as a C2SP tlog-proof, which can be verified offline with the event',
          schema: inclusionSchema,
          types: ['text/plain'],
        },
      },
    },
    async (c, { params: { id } }) => {
      const as = negotiated(c, ['application/json', 'text/plain']);
      const { position, leaf, hashes, checkpoint } = await prove(c, archive, await eventOf(archive, id));
      if (as === 'text/plain') {
        const proof = formatTlogProof({ index: position, hashes, checkpoint: checkpoint.note });
        c.header('Content-Type', 'text/plain; charset=utf-8');
        return c.body(new Uint8Array(proof));
      }
      return c.json({
        id,
        position,
        leaf: toBase64(leaf),
        hashes: hashes.map(toBase64),
        size: checkpoint.size,
        root: toBase64(checkpoint.root),
        checkpoint: new TextDecoder().decode(checkpoint.note),
      });
    },
  );

  route(
    app,
    {
      method: 'get',
      path: '/log/consistency',
      tag: 'log',
      summary: 'The proof that the log at one size is a prefix of the log at another',
      query: z.object({
        from: wholeNumber(0, 1e12),
        to: wholeNumber(0, 1e12).optional().describe('Default: the size of the newest signed checkpoint'),
      }),
      answers: { 200: { description: 'The consistency proof', schema: consistencySchema } },
    },
    async (c, { query: { from, to } }) => {
      const published = await readPublished(log);
      const end = to ?? published?.size ?? 0;
      if (!published || end > published.size || from > end)
        throw new Problem(
          'invalid-request',
          `\`from\` (${from}) must not exceed \`to\` (${end}), and \`to\` must not exceed the log's size (${published?.size ?? 0})`,
          { size: published?.size ?? 0 },
        );
      const hashes = await proveLogConsistency(log, from, end);
      return c.json({
        from,
        to: end,
        hashes: hashes.map(toBase64),
        checkpoint: new TextDecoder().decode(published.note),
      });
    },
  );
}

async function eventOf({ store }: ApiContext, id: string): Promise<EventLocation> {
  const event = await findEvent(store, id);
  if (!event) throw new Refusal('not-found', `no such event: ${id}`);
  return event;
}

/**
 * Returns the inclusion proof. Waits for the log as long as the client prefers.
 *
 * @throws Problem if the log does not have the event by then
 */
async function prove(c: Handled, archive: ApiContext, event: EventLocation): Promise<Inclusion> {
  const seconds = waitOf(c);
  const deadline = archive.clock() + seconds * 1_000;
  for (let waited = false; ; waited = true) {
    const proof = await proveEvent(archive, event);
    if (proof && waited) applied(c, seconds);
    if (proof) return proof;
    if (!waited) archive.hint(event.stream);
    if (archive.clock() >= deadline)
      throw new Problem(
        'not-published',
        'the event is recorded, but not in the log yet: retry in a second, or send Prefer: wait=5',
        {},
        { 'Retry-After': '1' },
      );
    await archive.sleep(POLL_MS);
  }
}
