// The archive's stores as a thread that rebuilds sees them: what lies in files that another thread holds alone is asked
// for there, by number. All are only read.
import type { MessagePort } from 'node:worker_threads';
import type { Table } from '../../domain/ports.ts';
import type { Projector } from '../../domain/project.ts';
import { retold, type Answer, type FromWorker, type Question, type ToWorker } from './messages.ts';

export type Ask = <Q extends Question>(question: Q) => Promise<Answer<Q>>;
type Reply = Extract<ToWorker, { readonly number: number }>;

/** `answered` is given each reply that the port receives. */
export function asking(port: MessagePort): { readonly ask: Ask; readonly answered: (reply: Reply) => void } {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const number = ++last;
        waiting.set(number, { resolve, reject });
        port.postMessage({ tell: 'question', number, question } satisfies FromWorker);
      }),
    answered: (reply) => {
      const asked = waiting.get(reply.number);
      waiting.delete(reply.number);
      if (reply.tell === 'answer') asked?.resolve(reply.value as never);
      else asked?.reject(retold(reply.error));
    },
  };
}

export function remoteTable(ask: Ask): Table {
  const get: Table['get'] = (partition, sort) => ask({ of: 'item', partition, sort });
  return {
    get,
    getAll: async (keys) => {
      const found = await Promise.all(keys.map(({ partition, sort }) => get(partition, sort)));
      return found.filter((item) => item !== undefined);
    },
    range: () => {
      throw new Error('a rebuild walks no partition of the state');
    },
    putIf: onlyRead,
    putAll: onlyRead,
    removeAll: onlyRead,
  };
}

export const remoteStore = (ask: Ask): Projector['store'] => ({
  get: (stream, revision) => ask({ of: 'commit', stream, revision }),
});

async function onlyRead(): Promise<never> {
  throw new Error('a rebuild writes rows of views, and nothing else');
}
