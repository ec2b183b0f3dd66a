/** Calls of the service through the org, as Apex makes them: key, org and user come from the org's own credential. */
export interface OrgApi {
  org(): Promise<{
    orgId: string;
    namespace: string;
    users: { id: string; username: string; name: string; admin: boolean; active: boolean }[];
  }>;
  as(username: string): UserApi;
  /** REST calls of the org itself as a user. */
  rest(username: string): Promise<<T>(method: string, path: string, body?: unknown) => Promise<T>>;
}

export interface UserApi {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: unknown }>;
}

/** The service (or the org on the way to it) answered with an error. */
export class OrgApiError extends Error {
  readonly status: number;
  readonly body: unknown;
  constructor(path: string, status: number, body: unknown) {
    super(`${path} answered ${status}: ${JSON.stringify(body)}`);
    this.name = 'OrgApiError';
    this.status = status;
    this.body = body;
  }
}

export function orgApi(salesforceUrl: string): OrgApi {
  async function call(username: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${salesforceUrl}/__sandbox/callout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        username,
        method,
        path,
        headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    });
    const answer = (await response.json()) as { status: number; body?: string };
    return { status: answer.status, body: answer.body ? parse(answer.body) : undefined };
  }
  async function must<T>(username: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const answer = await call(username, method, path, body, headers);
    if (answer.status < 200 || answer.status >= 300) throw new OrgApiError(path, answer.status, answer.body);
    return answer.body as T;
  }
  return {
    org: async () => (await (await fetch(`${salesforceUrl}/__sandbox/org`)).json()) as Awaited<ReturnType<OrgApi['org']>>,
    async rest(username) {
      const token = await fetch(`${salesforceUrl}/__sandbox/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username }),
      });
      const { accessToken } = (await token.json()) as { accessToken: string };
      return async <T>(method: string, path: string, body?: unknown) => {
        const response = await fetch(`${salesforceUrl}/services/data/v65.0${path}`, {
          method,
          headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (!response.ok) throw new OrgApiError(path, response.status, parse(text));
        return (text === '' ? undefined : parse(text)) as T;
      };
    },
    as: (username) => ({
      get: (path) => must(username, 'GET', path),
      post: (path, body, headers) => must(username, 'POST', path, body, headers),
      call: (method, path, body, headers) => call(username, method, path, body, headers),
    }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
