// Route of the diff between two states of the archive: each changed resource once, with its state before and after.
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
        'The records, actors and articles that changed between two states of the archive, each with its state before and after',
      query: z.object({
        from: pointInHistory.describe('A position, an instant or a day; default before the first event'),
        to: pointInHistory.describe('A position, an instant or a day; default now'),
        ...paging,
      }),
      answers: {
        200: {
          description: 'A page, ordered by latest change; Link leads to the next one',
          schema: diffSchema,
        },
      },
    },
    async (c, { query: { from, to, ...query } }) => {
      const asked = { ...query, asOf: to };
      const { reading, request, since } = await openChanges(archive, diffViews, asked, ['from', from], 'to');
      const page = await listDifferences(reading, since, request);
      const actorIds = page.items.flatMap(({ before, after }) =>
        [before, after].flatMap((state) => (state && 'fields' in state ? [...actorsIn(state)] : [])),
      );
      const actors = await namesOf(reading, actorIds);
      return answerPage(c, reading, { ...page, actors, from: shownPosition(since) }, 'to');
    },
  );
}
