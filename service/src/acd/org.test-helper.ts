import { ADMIN, signIn, until, type Rig, type RigOrg } from '../rig.test-helper.ts';

export type OrgTools = ReturnType<typeof orgToolsOf>;

/** What tests of look-ups do in the org of a rig, and wait for. */
export function orgToolsOf(rig: Rig) {
  const sweptAt = async () => (await rig.call<{ sweptAt: string | null }>('GET', '/v1/acd/directory')).body.sweptAt;
  return {
    /** A call of the org's REST API as its administrator. */
    async rest(method: string, path: string, body?: unknown): Promise<unknown> {
      const { accessToken } = (await rig.control('POST', '/token', { username: ADMIN })) as { accessToken: string };
      const answer = await fetch(`${rig.salesforce.url}/services/data/v65.0${path}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.status === 204 ? undefined : answer.json();
    },
    /** Somebody connects look-ups, in a browser. */
    connect: (username = ADMIN) => connectAcd(rig, username),
    userId: (username: string) => String(rig.salesforce.org.query(`SELECT Id FROM User WHERE Username = '${username}'`)[0]?.['Id']),
    whenRead: () => until('the org was read', async () => (await sweptAt()) !== null),
    /** Changes of the org are read now, and every process has noticed. */
    async refresh(): Promise<void> {
      const before = await sweptAt();
      await rig.call('POST', '/v1/acd/directory/refresh');
      await until('the directory was read', async () => (await sweptAt()) !== before);
    },
  };
}

/** Connects look-ups of an org, as its administrator does in a browser. */
export async function connectAcd(org: RigOrg, username = ADMIN): Promise<void> {
  const { connectUrl } = (await org.call<{ connectUrl: string }>('GET', '/v1/acd/connection')).body;
  const page = await signIn(connectUrl, username);
  if (page.status !== 200) throw new Error(`the portal answered ${page.status}: ${page.text}`);
}
