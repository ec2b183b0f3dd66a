/** Who is signed in: a cookie names one of the org's users. The sandbox has no passwords to ask for. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { OrgClient, OrgFacts, SampleUser } from '../org/client.ts';

export const COOKIE = 'switchboard_user';
const DEFAULT_USER = 'agent@sandbox.test';
const KEPT_MS = 2_000;

export interface Users {
  facts(): Promise<OrgFacts>;
  /** The signed-in user; without a cookie, or with one that names nobody, the agent of the sample data. */
  current(cookies: Record<string, string | undefined>): Promise<SampleUser>;
}

export function createUsers(org: OrgClient): Users {
  let kept: { until: number; facts: Promise<OrgFacts> } | undefined;
  const facts = (): Promise<OrgFacts> => {
    if (!kept || kept.until < Date.now()) {
      kept = { until: Date.now() + KEPT_MS, facts: org.facts() };
      kept.facts.catch(() => (kept = undefined));
    }
    return kept.facts;
  };
  return {
    facts,
    async current(cookies) {
      const { users } = await facts();
      const active = users.filter(({ active }) => active);
      const found =
        active.find(({ username }) => username === cookies[COOKIE]) ??
        active.find(({ username }) => username === DEFAULT_USER) ??
        active[0];
      if (!found) throw new Error('The sandbox org has no active user');
      return found;
    },
  };
}

const loginBody = z.object({ username: z.string() });

/** `POST /__shell/login {username}`: any active user of the org. */
export function registerLogin(app: FastifyInstance, users: Users): void {
  app.post('/__shell/login', async (request, reply) => {
    const { username } = loginBody.parse(request.body);
    const user = (await users.facts()).users.find((each) => each.username === username && each.active);
    if (!user) return reply.code(404).send({ error: `no active user ${username}` });
    reply.setCookie(COOKIE, username, { path: '/', httpOnly: true, sameSite: 'lax' });
    return { id: user.id, username: user.username, name: user.name };
  });
}
