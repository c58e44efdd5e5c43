// Builds and reads the keys of all rows: the names of partitions, then the sort keys within them. Read models write rows
// under these keys, and queries read them. No other file builds a key of a row.

export interface RowKey {
  readonly partition: string;
  readonly sort: string;
}

/** Partition of read model `timeline` with all records by date. */
export const ALL_RECORDS = 'all';
/** Returns the partition with the records on a topic, by date. */
export const topicList = (topic: string): string => `topic/${topic}`;
/** Returns the partition with the records that name an actor, by date. */
export const actorList = (actor: string): string => `actor/${actor}`;

/** Returns the partition of read model `meeting` with the responses to a record, by date. */
export const responsesTo = (record: string): string => `on/${record}`;

/** Partition of read model `article` with the heads of all articles, by id. */
export const ARTICLE_HEADS = 'articles';
/** Returns the partition with the passages of an article that evidence names, by match range. */
export const passagesOf = (article: string): string => `passages/${article}`;

/** Partition of read model `actors` with the changes of actors, by position. */
export const ACTOR_DIRECTORY = 'directory';
/** Partition with sums by actor: `meetings`, `statements` and `opinions`, with dates. */
export const ACTOR_COUNTS = 'actor-counts';

/** Partition with sums by topic: `meetings`, `statements` and `opinions`, with dates, and `retracted`. */
export const TOPIC_COUNTS = 'topic-counts';

/** Returns the partition of read model `lines` with the statements and opinions of an actor, by topic and date. */
export const linesOf = (actor: string): string => `line/${actor}`;
/** Returns the partition with sums by actor: how many `lines` each has on a topic, retracted ones included. */
export const speakersOn = (topic: string): string => `speakers/${topic}`;

/**
 * Returns the partition of read model `network` with the meetings of two actors, by date. `first` has the smaller id.
 */
export const meetingsOf = (first: string, second: string): string => `meetings/${first}/${second}`;
/** Group of the sums that count meetings of two actors. */
export const MET = 'met';
/** Returns the partition with sums by the last character of an id: how often an actor met each actor with such an id. */
export const metBy = (actor: string): string => `${MET}/${actor}`;
/** Returns the actor of a partition that `metBy` names. */
export const actorInMetBy = (partition: string): string => partition.slice(`${MET}/`.length);

const DELTAS = '-deltas';

/** Returns the name of a partition up to a slash. Partitions of sums with the same group share their deltas. */
export function groupOf(partition: string): string {
  const slash = partition.indexOf('/');
  return slash < 0 ? partition : partition.slice(0, slash);
}

/** Returns the partition with the deltas of a group of sums, or of the group of a partition, by position. */
export const deltasOf = (partition: string): string => groupOf(partition) + DELTAS;
export const isDeltas = (partition: string): boolean => partition.endsWith(DELTAS);
/** Returns the partition with the names of a group's partitions, by the end of the window in which they got a key. */
export const partitionsOf = (group: string): string => `${group}-partitions`;

/**
 * Maximum number of days of a date in part `days` of a list by date. Longer dates, and those with an open end, are in part `wide`.
 */
export const MAX_BUCKET_DAYS = 31;

/** The part of a list by date for dates that may mean several days: at most 31, or more. */
export type DateBucket = 'days' | 'wide';

/** The key of a record in every list by date. Rows of other lists lead with it to the summary in the list of all. */
export interface DateListKey {
  /** By date, on the same date in the order of recording, and last by id. */
  readonly sort: string;
  /** Absent for a date of one day. */
  readonly spread?: DateBucket;
}

/** Returns the partition of a part of a list by date. No topic and no id has a `~`. */
export const bucketPartition = (list: string, spread: DateBucket | undefined): string =>
  spread === undefined ? list : `${list}/~${spread}`;

export function dateBucketIn(partition: string): DateBucket | undefined {
  const spread = partition.slice(partition.lastIndexOf('/') + 1);
  return spread === '~days' ? 'days' : spread === '~wide' ? 'wide' : undefined;
}

/** Returns the key of a record in a list by date. */
export const rowKeyInList = (list: string, { sort, spread }: DateListKey): RowKey => ({
  partition: bucketPartition(list, spread),
  sort,
});

/** Returns the sort key of a record in lists by date. `date` is the sortable date of a `Span`. */
export const dateKey = (date: string, recordedAt: string, id: string): string =>
  `${date}.${recordedAt}~${id}`;
/** Returns a sort key above every `dateKey` of a day: a day is followed by a point or a T, and U sorts above both. */
export const aboveDay = (day: string): string => `${day}U`;
/** Returns the sortable date at the beginning of a `dateKey`. */
export const dateIn = (sort: string): string => sort.slice(0, sort.indexOf('.'));
/** Returns the id of the record at the end of a sort key. */
export const idIn = (sort: string): string => sort.slice(sort.lastIndexOf('~') + 1);
/** Returns the kind of the record whose id ends a sort key, such as `meeting`. */
export function kindIn(sort: string): string {
  const id = idIn(sort);
  return id.slice(0, id.indexOf('-'));
}

/** Sorts below every character of a topic, so that the lines of an actor are in the order of the topics. */
const AFTER_TOPIC = '\t';
/** Returns the beginning of the sort keys of a line in `linesOf`. A `dateKey` follows it. */
export const lineOn = (topic: string): string => topic + AFTER_TOPIC;
export const topicInLine = (sort: string): string => sort.slice(0, sort.indexOf(AFTER_TOPIC));
/** Returns the `dateKey` in a sort key of `linesOf`. */
export const dateKeyInLine = (sort: string): string => sort.slice(sort.indexOf(AFTER_TOPIC) + 1);
/** Returns a sort key above all rows of a line and below the next topic: no topic has a space. */
export const aboveLine = (topic: string): string => `${topic} `;
/** Sorts above every `dateKey`. */
export const ABOVE_DATES = '~';

/** Returns the sort key of a passage in `passagesOf`. Start and end are in code points of the text or the title. */
export const passageSort = (part: 'text' | 'title', start: number, end: number, id: string): string =>
  `${part}~${padded(start, 9)}-${padded(end, 9)}~${id}`;

/** Returns a position as a sort key of 12 digits. */
export const positionKey = (position: number): string => padded(position, 12);
/** Returns a sort key by position, then by id. */
export const positionAndId = (position: number, id: string): string => `${positionKey(position)}~${id}`;
/** Returns the sort key of one of several rows of a position. `from` is the index of its first value. */
export const pieceKey = (position: number, from: number): string =>
  positionKey(position) + (from === 0 ? '' : `~${padded(from, 6)}`);

/** Returns the lowest sort key above another one. */
export const nextKey = (sort: string): string => `${sort}\0`;

/** Returns a key as one text. Partitions and sort keys have no character below a space, except for tabs. */
export const keyText = ({ partition, sort }: RowKey): string => `${partition}\u0001${sort}`;

const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');
