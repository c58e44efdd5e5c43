// What every system on DynamoDB is given to do: statements of about 0.9 KB of JSON, from the texts that the peers were
// first measured with, always the same ones; and the events that Chancery makes of them.
import { commitBytes } from '../../events/envelope.ts';
import type { DataOf } from '../../events/vocabulary.ts';
import { segmentsCommit } from '../../test/support/segments.ts';

export type Statement = DataOf<'StatementMade'>;

/** What is cut from each text, so that the JSON of a statement weighs what a transcript segment of the peers' did. */
const CUT = 255;

/** The first statements of a stream. */
export const statementsOf = (stream: number, count: number): Statement[] =>
  segmentsCommit(stream, count, 'whole').events.map((bytes) => {
    const { data } = JSON.parse(new TextDecoder().decode(bytes)) as { data: Statement };
    return { ...data, content: (data.content ?? '').slice(0, -CUT).trim() };
  });

/** As long as the archive's own: a kind and a UUID. */
export const streamName = (of: string | number): string =>
  `statement-01969df0-7c00-7000-8000-${String(of).padStart(12, '0')}`;

/** Canonical bytes as the recorder makes them: envelope, schema check and RFC 8785. */
export function eventsOf(stream: string, revision: number, statements: readonly Statement[]): Uint8Array[] {
  return commitBytes(
    { stream, revision, time: '2026-03-15T09:30:00.000Z', recordedBy: 'desk@example.org' },
    statements.map((data) => ({ type: 'StatementMade', data })),
    statements.map(() => `${stream}_${crypto.randomUUID()}`),
  );
}

/** What the receipt of a command keeps: the digest of what was sent. */
export const receipt = { command: 'c0ffee'.repeat(10) + 'c0de' };
