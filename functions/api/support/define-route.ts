// Defines a route: the same schemas validate its requests and describe it in OpenAPI.
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

/** Follows a parameter that matches the rest of the path. */
export const REST = '{.+}';

/** Registers a route. Parameters of the path that do not match their schema are answered with 404. */
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
  // Strict, because a misspelt filter would list everything, and a misspelt dryRun would write.
  const query = (call.query ?? nothing).strict();
  const path = call.path.replaceAll(/\{(\w+)\}/g, ':$1') + (call.rest ? REST : '');
  app.on([call.method.toUpperCase()], [path], async (c) => {
    const parsed = params.safeParse(c.req.param());
    if (!parsed.success) return c.notFound();
    const parameters = validated(query, queryOf(c), 'invalid-request') as z.output<Q>;
    const sent = call.body ? await readJson(c) : undefined;
    const body = (call.body ? validated(call.body, sent, 'invalid') : undefined) as z.output<B>;
    return handle(c, { params: parsed.data as z.output<P>, query: parameters, body, sent });
  });
}

/** Returns the query's parameters; one that occurs more than once is a list. */
function queryOf(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] ?? '') : values,
    ]),
  );
}
