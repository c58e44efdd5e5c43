// What changed between two states of the archive: each thing, actor and article once, with its state before and after.
import { z } from '@hono/zod-openapi';
import { namesOf } from '../../../domain/queries/actors/actor-names.ts';
import { diffViews, listDifferences } from '../../../domain/queries/changes/archive-diff.ts';
import { actorsIn } from '../../../domain/queries/timeline/summaries.ts';
import type { ApiContext } from '../api-context.ts';
import { pointInHistory } from '../support/as-of.ts';
import { answerPage, openChanges, pageQuery, shownPosition } from '../support/pagination.ts';
import { route, type App } from '../support/define-route.ts';
import { diffSchema } from '../schemas/dossier-schemas.ts';

const { asOf: _, ...paging } = pageQuery;

export function diffRoutes(app: App, archive: ApiContext): void {
  route(
    app,
    {
      method: 'get',
      path: '/timeline/diff',
      tag: 'lists',
      summary:
        'What was added, corrected, retracted, reinstated, given or lost evidence, merged between two states of the archive',
      query: z.object({
        from: pointInHistory.describe(
          'A position, an instant or a day; from before the first event without it',
        ),
        to: pointInHistory.describe('Likewise; up to now without it'),
        ...paging,
      }),
      answers: {
        200: {
          description: 'A page, in the order of the latest change; Link leads to the next one',
          schema: diffSchema,
        },
      },
    },
    async (c, { query: { from, to, ...query } }) => {
      const asked = { ...query, asOf: to };
      const { reading, request, since } = await openChanges(archive, diffViews, asked, ['from', from], 'to');
      const page = await listDifferences(reading, since, request);
      const named = page.items.flatMap(({ before, after }) =>
        [before, after].flatMap((state) => (state && 'fields' in state ? [...actorsIn(state)] : [])),
      );
      const actors = await namesOf(reading, named);
      return answerPage(c, reading, { ...page, actors, from: shownPosition(since) }, 'to');
    },
  );
}
