/** The sandbox org as the page's server reaches it: REST as the signed-in user, and the org's control surface. */

export const API_VERSION = '65.0';

export interface SampleUser {
  id: string;
  username: string;
  name: string;
  admin: boolean;
  active: boolean;
  /** API names of the assigned permission sets. */
  permissionSets: string[];
}

export interface OrgFacts {
  orgId: string;
  /** Empty when the org has none. */
  namespace: string;
  users: SampleUser[];
}

interface Token {
  accessToken: string;
  userId: string;
}

export interface CalloutRequest {
  username: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface CalloutAnswer {
  /** 0 when nothing answered. */
  status: number;
  body: string;
  /** Set when the platform refused before calling. */
  refused?: string;
}

/** The org said no. `status` is HTTP's, `code` the first `errorCode`. */
export class OrgError extends Error {
  override readonly name = 'OrgError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface OrgClient {
  readonly url: string;
  facts(): Promise<OrgFacts>;
  /** REST as that user; `path` begins after `/services/data/vNN.0`, or is a full path that an answer gave. An expired session is renewed once. */
  rest<T>(username: string, path: string): Promise<T>;
  callout(request: CalloutRequest): Promise<CalloutAnswer>;
  /** A server-sent-events stream of the control surface, such as `/__sandbox/events?channel=…`. */
  open(path: string, signal: AbortSignal): Promise<Response>;
  userId(username: string): Promise<string>;
  /** Forget tokens and facts, for an org that was reset. */
  forget(): void;
}

export function createOrgClient(url: string): OrgClient {
  const tokens = new Map<string, Promise<Token>>();

  const call = async (path: string, init: RequestInit = {}): Promise<Response> => {
    try {
      return await fetch(new URL(path, url), init);
    } catch {
      throw new OrgError(0, 'SERVER_UNAVAILABLE', 'The sandbox org does not answer');
    }
  };
  const post = async (path: string, body: unknown): Promise<Response> =>
    call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  const fetchToken = async (username: string): Promise<Token> => {
    const response = await post('/__sandbox/token', { username });
    if (!response.ok) throw await orgError(response);
    return (await response.json()) as Token;
  };
  const token = (username: string): Promise<Token> => {
    const known = tokens.get(username) ?? fetchToken(username);
    tokens.set(username, known);
    known.catch(() => tokens.delete(username));
    return known;
  };

  const rest = async <T>(username: string, path: string, again = true): Promise<T> => {
    const { accessToken } = await token(username);
    const full = path.startsWith('/services/') ? path : `/services/data/v${API_VERSION}${path}`;
    const response = await call(full, { headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' } });
    if (response.status === 401 && again) {
      tokens.delete(username);
      return rest<T>(username, path, false);
    }
    if (!response.ok) throw await orgError(response);
    return (await response.json()) as T;
  };

  return {
    url,
    rest: (username, path) => rest(username, path),
    async facts() {
      const response = await call('/__sandbox/org');
      if (!response.ok) throw await orgError(response);
      const facts = (await response.json()) as OrgFacts;
      return { ...facts, namespace: facts.namespace ?? '' };
    },
    async callout(request) {
      const response = await post('/__sandbox/callout', request);
      if (!response.ok) throw await orgError(response);
      return readCallout((await response.json()) as CalloutDocument);
    },
    open: (path, signal) => call(path, { signal, headers: { accept: 'text/event-stream' } }),
    async userId(username) {
      return (await token(username)).userId;
    },
    forget: () => tokens.clear(),
  };
}

interface CalloutDocument {
  status: number;
  body: string;
  error?: { code: string; message: string };
}

function readCallout({ status, body, error }: CalloutDocument): CalloutAnswer {
  // 0: the far end did not answer. With any other status an error means that the platform refused to call.
  return { status, body, ...(error && status !== 0 ? { refused: error.message } : {}) };
}

async function orgError(response: Response): Promise<OrgError> {
  const body = (await response.json().catch(() => undefined)) as unknown;
  const first = (Array.isArray(body) ? body[0] : body) as { message?: string; errorCode?: string; error?: string } | undefined;
  return new OrgError(response.status, first?.errorCode ?? 'UNKNOWN', first?.message ?? first?.error ?? `HTTP ${response.status}`);
}
