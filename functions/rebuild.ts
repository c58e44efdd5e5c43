// Lambda function `rebuild`: says how far each view is. Folding a view anew beside the live one comes with its issue;
// until then nothing but the projector writes rows, one at a time.
import { readCheckpoint, type Checkpoint } from '../domain/project.ts';
import { readHead } from '../domain/sequence.ts';
import { views } from '../domain/views/all.ts';
import { openStores } from './stores.ts';

const stores = openStores(process.env);

export async function handler(): Promise<{ size: number; views: Record<string, Checkpoint> }> {
  const { size } = await readHead(stores.state);
  const checkpoints = views.map(async (view) => {
    const { version: _, ...checkpoint } = await readCheckpoint(stores.views, view);
    return [view.name, checkpoint] as const;
  });
  return { size, views: Object.fromEntries(await Promise.all(checkpoints)) };
}
