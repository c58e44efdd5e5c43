// Creates the HTTP API: registers every route, and the middleware and errors that all routes share.
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
import { eventRoutes } from './routes/event-routes.ts';
import { REST, route, type App } from './support/define-route.ts';
import { subjectOf } from './support/subject.ts';
import { resourceRoutes } from './routes/resource-routes.ts';

export function createApi(archive: ApiContext): App {
  const app: App = new OpenAPIHono();

  app.use(async (c, next) => {
    c.set('subject', subjectOf(archive, c));
    await next();
    // Browsers must not guess a type from archived text and run it as a page.
    c.header('X-Content-Type-Options', 'nosniff');
  });
  app.use(async (c, next) => {
    await next();
    // A stream has no ETag, because computing it needs the whole body.
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
  resourceRoutes(app, archive);
  eventRoutes(app, archive);
  logRoutes(app, archive);
  proofRoutes(app, archive);
  projectionRoutes(app, archive);
  rebuildRoutes(app, archive);

  const health = { 200: { description: 'The archive is up', schema: z.object({ status: z.literal('ok') }) } };
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
    const isKnownPath = methods.length > 0 && !methodsAt(app, c.req.path).includes(c.req.method);
    const problem = isKnownPath
      ? new Problem(
          'method-not-allowed',
          `this path accepts only ${methods.join(', ')}`,
          {},
          { Allow: methods.join(', ') },
        )
      : new Problem(
          'no-such-path',
          'no such path: GET /openapi.json lists every path; ids consist of a-z, 0-9 and hyphens',
        );
    return answerProblem(c, problemOf(problem));
  });
  return app;
}

const STREAMED = /^(?:application\/x-ndjson|text\/event-stream)(?:;|$)/;

/** Adds an ETag to answers without one, and answers a matching If-None-Match with 304. */
const hashed = etag();

/** Returns the methods that routes accept at this path. */
function methodsAt(app: App, path: string): string[] {
  const methods = app.routes
    .filter((each) => each.method !== 'ALL' && matches(each.path, path))
    .map(({ method }) => method);
  return [...new Set(methods)];
}

function matches(pattern: string, path: string): boolean {
  const [parts, segments] = [pattern.split('/'), path.split('/')];
  const fits = pattern.endsWith(REST) ? segments.length >= parts.length : segments.length === parts.length;
  return fits && parts.every((part, index) => part.startsWith(':') || part === segments[index]);
}
