// Read model `meeting`: the responses to each record. A record made at a meeting, within another record or regarding
// other records is listed under each of them, so that a dossier can nest responses.
import { responsesTo } from '../rows/row-keys.ts';
import type { ReadModel } from './read-model.ts';
import { fieldsOf, isRecordState, dateListKeyOf } from '../state/thing-state.ts';

export const meeting: ReadModel = {
  name: 'meeting',
  version: 1,
  lists: ['on'],
  rowsOf: (state) => {
    if (!isRecordState(state)) return [];
    const { meetingId, within, regarding = [] } = fieldsOf(state);
    const targets = [meetingId, within, ...regarding.map(({ id }) => id)].filter((id) => id !== undefined);
    const { sort, ...body } = dateListKeyOf(state);
    return [...new Set(targets)].map((id) => ({ partition: responsesTo(id), sort, body }));
  },
};
