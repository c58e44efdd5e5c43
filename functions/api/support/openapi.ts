// The description of the API in OpenAPI 3.1, made from the very schemas that validate.
import { z, type OpenAPIHono } from '@hono/zod-openapi';

export interface Call<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: 'get' | 'post';
  /** As OpenAPI writes it: /meetings/{id}. */
  readonly path: string;
  /** The last parameter takes the rest of the path, slashes and all. */
  readonly rest?: true;
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Request headers that it takes beside those of every write. */
  readonly headers?: z.ZodObject;
  /** What it answers, by status; beside these, problems. */
  readonly answers: Readonly<
    Record<
      number,
      {
        readonly description: string;
        readonly schema?: z.ZodType;
        readonly type?: string;
        /** Other types in which it is given, as text, to who accepts them. */
        readonly types?: readonly string[];
      }
    >
  >;
}

type AnyCall = Call<z.ZodObject, z.ZodObject, z.ZodType>;

/** What `GET /openapi.json` says of this call. */
export function describeCall(app: Pick<OpenAPIHono, 'openAPIRegistry'>, call: AnyCall): void {
  const { method, path, summary, tag, params, query, body, answers } = call;
  const headers = body ? writeHeaders : call.headers;
  app.openAPIRegistry.registerPath({
    method,
    path,
    summary,
    tags: [tag],
    request: {
      ...(params ? { params } : {}),
      ...(query ? { query } : {}),
      ...(headers ? { headers } : {}),
      ...(body
        ? { body: { content: { 'application/json': contentOf(body, 'input') }, required: true } }
        : {}),
    },
    responses: {
      ...answersOf(answers),
      default: {
        description: 'What is wrong and what to do about it (RFC 9457)',
        content: { 'application/problem+json': contentOf(problemSchema, 'output') },
      },
    },
  });
}

/**
 * The schema as zod itself translates it: of the fields that may be left out, zod-to-openapi makes required ones.
 * Translated when it is asked for, which is seldom; 2020-12 is the JSON Schema of OpenAPI 3.1.
 */
const contentOf = (schema: z.ZodType, io: 'input' | 'output') => ({
  get schema() {
    const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    return json as object;
  },
});

const anything = z.looseObject({});

function answersOf(answers: AnyCall['answers']) {
  return Object.fromEntries(
    Object.entries(answers).map(
      ([status, { description, schema = anything, type = 'application/json', types = [] }]) => [
        status,
        {
          description,
          content: {
            [type]: contentOf(schema, 'output'),
            ...Object.fromEntries(types.map((each) => [each, contentOf(z.string(), 'output')])),
          },
        },
      ],
    ),
  );
}

export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

const writeHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .max(255)
    .optional()
    .describe('Names the command: a retry with the same key never writes twice'),
  'If-Match': z
    .string()
    .optional()
    .describe('The ETag last seen: refused with 412 if there is a newer revision'),
  Prefer: z.string().optional().describe('wait=5: answers when the views show it, or after so many seconds'),
});
