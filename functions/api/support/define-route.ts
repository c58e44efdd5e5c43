// One way to define a call: its schemas validate the request and describe it in OpenAPI, from the same objects.
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { readJson } from './body.ts';
import { describeCall, type Call } from './openapi.ts';
import { validated } from './problem.ts';

export type App = OpenAPIHono<{ Variables: { subject: string } }>;
export type Handled = Context<{ Variables: { subject: string } }>;

interface Input<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly params: z.output<P>;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
  /** The body as it was sent, before defaults. */
  readonly sent: unknown;
}

const nothing = z.object({});

/** After a parameter: it takes the rest of the path. */
export const REST = '{.+}';

/** A malformed id in a path is an id that the archive doesn't have: the handler's `params` schema decides. */
export function route<
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends z.ZodType = z.ZodUndefined,
>(
  app: App,
  call: Call<P, Q, B>,
  handle: (c: Handled, input: Input<P, Q, B>) => Promise<Response> | Response,
): void {
  const params = call.params ?? nothing;
  describeCall(app, call);
  // A misspelt filter must not list everything, nor a misspelt dryRun record.
  const query = (call.query ?? nothing).strict();
  const path = call.path.replaceAll(/\{(\w+)\}/g, ':$1') + (call.rest ? REST : '');
  app.on([call.method.toUpperCase()], [path], async (c) => {
    const given = params.safeParse(c.req.param());
    if (!given.success) return c.notFound();
    const asked = validated(query, queryOf(c), 'invalid-request') as z.output<Q>;
    const sent = call.body ? await readJson(c) : undefined;
    const body = (call.body ? validated(call.body, sent, 'invalid') : undefined) as z.output<B>;
    return handle(c, { params: given.data as z.output<P>, query: asked, body, sent });
  });
}

/** A parameter that is given more than once is a list. */
function queryOf(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] ?? '') : values,
    ]),
  );
}
