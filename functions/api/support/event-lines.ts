// Writes events as lines of text that contain their canonical bytes, and streams them with backpressure.
import { readEventHeader } from '../../../events/envelope.ts';
import type { LogEntry } from '../../../domain/log/replay.ts';

export type Passes = (entry: LogEntry) => boolean;

/** Returns the filter by type and stream, or undefined if every event passes. */
export function filterOf(
  types: readonly string[] | undefined,
  stream: string | undefined,
): Passes | undefined {
  if (types === undefined && stream === undefined) return undefined;
  return ({ bytes }) => {
    const { type, subject } = readEventHeader(bytes);
    return (types?.includes(type) ?? true) && (stream === undefined || subject === stream);
  };
}

/** Returns a line of NDJSON. It contains the event's canonical bytes, so that clients can verify its hash. */
export const lineOf = ({ position, bytes }: LogEntry): string =>
  `{"position":${position},"event":${new TextDecoder().decode(bytes)}}\n`;

/** Returns a server-sent event whose id is the position. */
export const messageOf = (entry: LogEntry): string => `id: ${entry.position}\ndata: ${lineOf(entry)}\n`;

/** Returns a server-sent message without data. It sets `Last-Event-ID` to the position before `next`. */
export const markOf = (next: number): string => `: up to here\n${next === 0 ? '' : `id: ${next - 1}\n`}\n`;

const CHUNK_CHARACTERS = 65_536;

/** Yields the entries that pass, in chunks of about 64 KB. Ends when the client disconnects, even while no entry passes. */
export async function* chunksOf(
  entries: AsyncIterable<LogEntry>,
  passes: Passes | undefined,
  textOf: (entry: LogEntry) => string,
  disconnected: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  for await (const entry of entries) {
    if (disconnected.aborted) return;
    if (passes?.(entry) ?? true) text += textOf(entry);
    if (text.length < CHUNK_CHARACTERS) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
}

/**
 * Returns a `ReadableStream` that makes the next chunk after the client has taken the previous one. A disconnect aborts the signal.
 * Failures are reported, because the status has been sent already.
 */
export function streamed(
  make: (disconnected: AbortSignal) => AsyncGenerator<Uint8Array>,
  report: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const disconnect = new AbortController();
  const chunks = make(disconnect.signal);
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await chunks.next();
          if (disconnect.signal.aborted) return;
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          if (!disconnect.signal.aborted) report(error);
          throw error;
        }
      },
      cancel: async () => {
        disconnect.abort();
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
