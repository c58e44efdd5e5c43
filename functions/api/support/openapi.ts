// Describes the API in OpenAPI 3.1 with the schemas that validate requests.
import { z, type OpenAPIHono } from '@hono/zod-openapi';

export interface Call<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: 'get' | 'post';
  /** The path in the syntax of OpenAPI, such as `/meetings/{id}`. */
  readonly path: string;
  /** The last parameter matches the rest of the path, including slashes. */
  readonly rest?: true;
  readonly summary: string;
  readonly tag: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Request headers of a read. Writes have the same headers everywhere. */
  readonly headers?: z.ZodObject;
  /** Answers by status, except problems. */
  readonly answers: Readonly<
    Record<
      number,
      {
        readonly description: string;
        readonly schema?: z.ZodType;
        readonly type?: string;
        /** Other media types of the answer, as text, chosen by `Accept`. */
        readonly types?: readonly string[];
      }
    >
  >;
}

type AnyCall = Call<z.ZodObject, z.ZodObject, z.ZodType>;

/** Adds the call to `GET /openapi.json`. */
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
        description: 'The error and what to do about it (RFC 9457)',
        content: { 'application/problem+json': contentOf(problemSchema, 'output') },
      },
    },
  });
}

/**
 * Returns zod's own JSON Schema 2020-12, the dialect of OpenAPI 3.1, because zod-to-openapi marks optional fields as
 * required. The getter translates on demand.
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
    .describe('Identifies the command: a retry with the same key never writes twice'),
  'If-Match': z
    .string()
    .optional()
    .describe('The ETag of the expected revision; the write is refused with 412 if there is a newer one'),
  Prefer: z
    .string()
    .optional()
    .describe('wait=5 answers when the read models have the write, or after 5 seconds'),
});
