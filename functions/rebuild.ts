// Lambda function `rebuild`: says how far each view is. Folding a view anew beside the live one comes with its issue;
// until then nothing but the projector writes rows, one at a time.
import { readProjections, type Projection } from '../domain/projections.ts';
import { readHead } from '../domain/head.ts';
import { views } from '../domain/views/all.ts';
import { openStores } from './stores.ts';

const stores = openStores(process.env);

export async function handler(): Promise<{ size: number; views: Record<string, Projection> }> {
  const { size } = await readHead(stores.state);
  return { size, views: Object.fromEntries(await readProjections(stores.views, views)) };
}
