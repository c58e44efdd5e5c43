// Read model `meeting`: what belongs to a meeting, and what answers or regards a thing, listed under the thing that it
// belongs to or regards, so that a dossier nests.
import type { ReadModel } from './read-model.ts';
import { fieldsOf, isThing, listedAt } from '../state/thing-state.ts';

/** By date, the things that belong to this thing or regard it. The body says in which part of lists it is. */
export const responsesTo = (thing: string): string => `on/${thing}`;

export const meeting: ReadModel = {
  name: 'meeting',
  version: 1,
  lists: ['on'],
  rowsOf: (state) => {
    if (!isThing(state)) return [];
    const { meetingId, within, regarding = [] } = fieldsOf(state);
    const targets = [meetingId, within, ...regarding.map(({ id }) => id)].filter((id) => id !== undefined);
    const { sort, ...body } = listedAt(state);
    return [...new Set(targets)].map((id) => ({ partition: responsesTo(id), sort, body }));
  },
};
