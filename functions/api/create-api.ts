// The HTTP API: every call, and what holds for all of them.
import { OpenAPIHono, z } from '@hono/zod-openapi';
import { etag } from 'hono/etag';
import type { ApiContext } from './api-context.ts';
import { articleRoutes } from './routes/article-routes.ts';
import { commandRoutes } from './routes/command-routes.ts';
import { diffRoutes } from './routes/diff-routes.ts';
import { feedRoutes } from './feeds/feed-routes.ts';
import { dossierRoutes } from './routes/dossier-routes.ts';
import { listRoutes } from './routes/list-routes.ts';
import { logRoutes } from './routes/log-routes.ts';
import { answerProblem, Problem, problemOf } from './support/problem.ts';
import { reported } from './support/reported.ts';
import { projectionRoutes } from './routes/projection-routes.ts';
import { proofRoutes } from './routes/proof-routes.ts';
import { rebuildRoutes } from './routes/rebuild-routes.ts';
import { recordRoutes } from './routes/record-routes.ts';
import { replayRoutes } from './routes/event-routes.ts';
import { REST, route, type App } from './support/define-route.ts';
import { subjectOf } from './support/subject.ts';
import { thingRoutes } from './routes/resource-routes.ts';

export function createApi(archive: ApiContext): App {
  const app: App = new OpenAPIHono();

  app.use(async (c, next) => {
    c.set('subject', subjectOf(archive, c));
    await next();
    // Whatever text comes in stays text: no answer is ever sniffed into a page.
    c.header('X-Content-Type-Options', 'nosniff');
  });
  app.use(async (c, next) => {
    await next();
    // A stream has no ETag: it would have to be read to its end.
    if (STREAMED.test(c.res.headers.get('content-type') ?? '')) return;
    await hashed(c, async () => {});
  });

  app.onError((error, c) => answerProblem(c, reported(error, c.req, archive.report)));

  recordRoutes(app, archive);
  articleRoutes(app, archive);
  commandRoutes(app, archive);
  listRoutes(app, archive);
  diffRoutes(app, archive);
  feedRoutes(app, archive);
  dossierRoutes(app, archive);
  thingRoutes(app, archive);
  replayRoutes(app, archive);
  logRoutes(app, archive);
  proofRoutes(app, archive);
  projectionRoutes(app, archive);
  rebuildRoutes(app, archive);

  const health = { 200: { description: 'It answers', schema: z.object({ status: z.literal('ok') }) } };
  route(
    app,
    { method: 'get', path: '/health', tag: 'operations', summary: 'Liveness', answers: health },
    (c) => c.json({ status: 'ok' }),
  );
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Chancery',
      version: '0.1.0',
      description: 'An archive of diplomacy: who said what to whom, when, according to which source.',
    },
  });

  app.notFound((c) => {
    const methods = methodsAt(app, c.req.path).filter((method) => method !== c.req.method);
    const known = methods.length > 0 && !methodsAt(app, c.req.path).includes(c.req.method);
    const problem = known
      ? new Problem(
          'method-not-allowed',
          `this path takes ${methods.join(', ')}`,
          {},
          { Allow: methods.join(', ') },
        )
      : new Problem(
          'no-such-path',
          'there is nothing here; GET /openapi.json lists every call, and ids are of a-z, 0-9 and hyphens',
        );
    return answerProblem(c, problemOf(problem));
  });
  return app;
}

const STREAMED = /^(?:application\/x-ndjson|text\/event-stream)(?:;|$)/;

/** ETags of answers that don't bring their own; If-None-Match is answered with 304. */
const hashed = etag();

/** The methods that routes take at this path. */
function methodsAt(app: App, path: string): string[] {
  const methods = app.routes
    .filter((each) => each.method !== 'ALL' && matches(each.path, path))
    .map(({ method }) => method);
  return [...new Set(methods)];
}

function matches(pattern: string, path: string): boolean {
  const [parts, given] = [pattern.split('/'), path.split('/')];
  const fits = pattern.endsWith(REST) ? given.length >= parts.length : given.length === parts.length;
  return fits && parts.every((part, index) => part.startsWith(':') || part === given[index]);
}
