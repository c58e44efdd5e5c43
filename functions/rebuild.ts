// Lambda function `rebuild`: folds one view, or all, up to the end of the log.
import { catchUp } from '../domain/project.ts';
import { readHead } from '../domain/sequence.ts';
import { views } from '../domain/views/all.ts';
import { openStores } from './stores.ts';

const stores = openStores(process.env);

export async function handler(event: {
  readonly view?: string;
}): Promise<{ size: number; views: Record<string, string> }> {
  const named = views.filter(({ name }) => event.view === undefined || event.view === name);
  if (named.length === 0)
    throw new Error(`no such view: ${event.view}; there are ${views.map(({ name }) => name).join(', ')}`);
  const outcome: Record<string, string> = {};
  for (const view of named) {
    const stopped = await catchUp(stores, view);
    outcome[view.name] = stopped ? `stopped at position ${stopped.position}: ${stopped.reason}` : 'caught up';
  }
  return { size: (await readHead(stores.state)).size, views: outcome };
}
