// Calls an archive over HTTP and turns each refusal into one readable error.

/** Thrown if the archive answers with an error status. `problem` is its problem document (RFC 9457). */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly problem: Readonly<Record<string, unknown>>;
  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    const { detail = `the archive answered ${status}` } = problem as { detail?: string };
    super(detail);
    this.status = status;
    this.problem = problem;
  }
}

export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export class Client {
  readonly url: string;
  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  async get<T>(path: string): Promise<T> {
    return (await this.fetch(path)).json() as Promise<T>;
  }

  async post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    const init = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    };
    return (await this.fetch(path, init)).json() as Promise<T>;
  }

  /** Yields each page of a list, and follows `Link: rel="next"`. */
  async *pages(path: string, init: RequestInit = {}): AsyncGenerator<Response> {
    for (let next: string | undefined = path; next !== undefined;) {
      const response: Response = await this.fetch(next, init);
      yield response;
      next = nextOf(response);
    }
  }

  /** @throws Refused if the status is no success; Unreachable if no server answers */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.reach(path, init);
    if (response.ok) return response;
    const text = await response.text();
    throw new Refused(response.status, parseProblem(text));
  }

  private async reach(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, init);
    } catch (error) {
      throw new Unreachable(
        `no archive answers at ${this.url}: start one with "npx chancery serve", or name another with --url`,
        { cause: error },
      );
    }
  }
}

/** Returns the address of the next page; undefined on the last one. */
export const nextOf = (response: Response): string | undefined =>
  /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];

function parseProblem(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : { detail: text };
  } catch (error) {
    if (error instanceof SyntaxError) return { detail: text.slice(0, 500) };
    throw error;
  }
}
