// Where two JSON values part, for somebody to look at: a report shows that, and not two rows of up to 32 KB.

import { same } from '../../recording/aggregate.ts';

/** Where two rows part. */
export interface Apart {
  /** JSON Pointer (RFC 6901) of the first member that differs, in the row with its `to`; '' is the row itself. */
  readonly pointer: string;
  /** What is read there, and what was built, as JSON of at most 200 characters; absent where nothing is. */
  readonly live?: string;
  readonly built?: string;
}

const MAX_CHARACTERS = 200;

export function firstDifference(live: unknown, built: unknown, pointer = ''): Apart {
  if (isObject(live) && isObject(built) && Array.isArray(live) === Array.isArray(built)) {
    for (const name of new Set([...Object.keys(live), ...Object.keys(built)])) {
      const [left, right] = [live[name], built[name]];
      if (same(left, right)) continue;
      return firstDifference(left, right, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  }
  return {
    pointer,
    ...(live === undefined ? {} : { live: cut(live) }),
    ...(built === undefined ? {} : { built: cut(built) }),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function cut(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS - 1).toWellFormed()}…`;
}
