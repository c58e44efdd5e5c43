// The workload of the systems on DynamoDB: statements of about 0.9 KB of JSON, the same in each run, from the texts
// with which the peers were first measured. Also the events that Chancery makes of them.
import { commitBytes } from '../../events/envelope.ts';
import type { DataOf } from '../../events/vocabulary.ts';
import { segmentsCommit } from '../../test/support/segments.ts';

export type Statement = DataOf<'StatementMade'>;

/** Characters cut from each text, so that a statement has as many bytes as a segment in the first measurement. */
const CUT = 255;

/** Returns the first `count` statements of a stream. */
export const statementsOf = (stream: number, count: number): Statement[] =>
  segmentsCommit(stream, count, 'whole').events.map((bytes) => {
    const { data } = JSON.parse(new TextDecoder().decode(bytes)) as { data: Statement };
    return { ...data, content: (data.content ?? '').slice(0, -CUT).trim() };
  });

/** Returns a name as long as a real stream id, which has a kind and a UUID. */
export const streamName = (of: string | number): string =>
  `statement-01969df0-7c00-7000-8000-${String(of).padStart(12, '0')}`;

/** Returns canonical bytes as the command handler makes them: envelope, schema check and RFC 8785. */
export function eventsOf(stream: string, revision: number, statements: readonly Statement[]): Uint8Array[] {
  return commitBytes(
    { stream, revision, time: '2026-03-15T09:30:00.000Z', recordedBy: 'desk@example.org' },
    statements.map((data) => ({ type: 'StatementMade', data })),
    statements.map(() => `${stream}_${crypto.randomUUID()}`),
  );
}

/** The receipt of a command, with its digest. */
export const receipt = { command: 'c0ffee'.repeat(10) + 'c0de' };
