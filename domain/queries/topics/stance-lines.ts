// Lines: the records of an actor on a topic, and the topics on which an actor has a line.
import type { LineRow } from '../../projections/views/lines-view.ts';
import {
  ABOVE_DATES,
  aboveLine,
  dateKeyInLine,
  lineOn,
  linesOf,
  type DateListKey,
  topicInLine,
} from '../../projections/rows/row-keys.ts';
import {
  dateRanges,
  readMerged,
  type KeyRange,
  type Reading,
  type ReadRow,
} from '../../projections/rows/reading.ts';
import type { PageRequest } from '../paging.ts';
import { listedIn } from '../timeline/summaries.ts';
import type { DateWindow } from '../date-window.ts';

/** Returns the parts of an actor's line on a topic that may be within these days. */
export function lineParts(topic: string, actor: string, window: DateWindow): KeyRange[] {
  const line = lineOn(topic);
  return dateRanges(linesOf(actor), window).map(({ partition, from = '', below = ABOVE_DATES }) => ({
    partition,
    from: line + from,
    below: line + below,
  }));
}

/** Returns where the list `all` has the record of a row in a line. */
export const listedInLine = ({ partition, sort }: ReadRow<LineRow>): DateListKey =>
  listedIn({ partition, sort: dateKeyInLine(sort) });

/** The lines of these actors as of a reading. */
export interface Lines {
  readonly reading: Reading;
  readonly actors: readonly string[];
}

/** Lists the topics of these lines by name, also of lines whose records are all retracted. Reads one row per line. */
export async function* topicsOf(
  lines: readonly Lines[],
  { after, descending = false }: Pick<PageRequest, 'after' | 'descending'> = {},
): AsyncGenerator<string> {
  const parts = lines.flatMap(({ reading, actors }) =>
    actors.flatMap((actor) => dateRanges(linesOf(actor), {}).map((part) => ({ reading, part }))),
  );
  const topicAfter = async (
    { reading, part }: (typeof parts)[number],
    topic: string | undefined,
  ): Promise<string | undefined> => {
    const left = topic === undefined ? {} : descending ? { below: topic } : { from: aboveLine(topic) };
    for await (const { sort } of readMerged(reading, [{ ...part, ...left }], descending))
      return topicInLine(sort);
    return undefined;
  };
  let heads = await Promise.all(parts.map((part) => topicAfter(part, after)));
  for (;;) {
    const sorted = heads.filter((head) => head !== undefined).toSorted();
    const topic = descending ? sorted.at(-1) : sorted[0];
    if (topic === undefined) return;
    yield topic;
    heads = await Promise.all(
      parts.map(async (part, index) => (heads[index] === topic ? topicAfter(part, topic) : heads[index])),
    );
  }
}
