import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Org, OrgUser } from '../org.ts';
import type { Accounts } from './accounts.ts';
import type { Grants } from './grants.ts';
import { bearerOf } from './sessions.ts';

export interface IdentityDeps {
  readonly org: Org;
  readonly grants: Grants;
  readonly accounts: Accounts;
  readonly baseUrl: () => string;
}

/** The identity URL and OpenID userinfo (section 2.3). Both take the token from the header; `/id` also takes `oauth_token`, as jsforce sends it. */
export function registerIdentityRoutes(app: FastifyInstance, deps: IdentityDeps): void {
  const { org, grants, accounts, baseUrl } = deps;

  function holder(request: FastifyRequest): OrgUser | undefined {
    const query = request.query as { oauth_token?: string; access_token?: string };
    const token = bearerOf(request) ?? query.oauth_token ?? query.access_token;
    const access = token ? grants.access(token, true) : undefined;
    const user = access && org.users.byId(access.userId);
    return user && accounts.state(user) === 'active' ? user : undefined;
  }

  app.route<{ Params: { orgId: string; userId: string } }>({
    method: ['GET', 'POST'],
    url: '/id/:orgId/:userId',
    handler: async (request, reply) => {
      const text = (word: string) => reply.code(403).type('text/plain; charset=utf-8').send(word);
      const user = holder(request);
      if (!user) return text('Bad_OAuth_Token');
      if (request.params.orgId.slice(0, 15) !== org.orgId.slice(0, 15)) return text('Wrong_Org');
      const asked = org.users.list().find((candidate) => candidate.id.slice(0, 15) === request.params.userId.slice(0, 15));
      if (!asked) return text('Bad_Id');
      if (asked.id !== user.id && !org.users.rights(user.id).systemPermissions.has('ManageUsers')) return text('No_Access');
      return identity(asked);
    },
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/services/oauth2/userinfo',
    handler: async (request, reply) => {
      const user = holder(request);
      if (!user) return reply.code(403).type('text/plain; charset=utf-8').send('Bad_OAuth_Token');
      const { urls, photos } = identity(user);
      return {
        sub: `${baseUrl()}/id/${org.orgId}/${user.id}`,
        user_id: user.id,
        organization_id: org.orgId,
        preferred_username: user.username,
        nickname: user.alias,
        name: user.name,
        given_name: user.firstName,
        family_name: user.lastName,
        email: user.email,
        email_verified: true,
        zoneinfo: user.timeZone,
        locale: user.locale,
        language: user.language,
        active: user.isActive,
        user_type: 'STANDARD',
        picture: photos.picture,
        photos,
        profile: urls.profile,
        urls,
        is_app_installed: true,
      };
    },
  });

  function identity(user: OrgUser) {
    const base = baseUrl();
    const data = `${base}/services/data/v{version}`;
    return {
      id: `${base}/id/${org.orgId}/${user.id}`,
      asserted_user: true,
      user_id: user.id,
      organization_id: org.orgId,
      username: user.username,
      nick_name: user.alias,
      display_name: user.name,
      email: user.email,
      email_verified: true,
      first_name: user.firstName,
      last_name: user.lastName,
      timezone: user.timeZone,
      photos: { picture: `${base}/profilephoto/005/F`, thumbnail: `${base}/profilephoto/005/T` },
      addr_street: null,
      addr_city: null,
      addr_state: null,
      addr_country: null,
      addr_zip: null,
      mobile_phone: null,
      mobile_phone_verified: false,
      is_lightning_login_user: false,
      status: { created_date: null, body: null },
      urls: {
        enterprise: `${base}/services/Soap/c/{version}/${org.orgId.slice(0, 15)}`,
        metadata: `${base}/services/Soap/m/{version}/${org.orgId.slice(0, 15)}`,
        partner: `${base}/services/Soap/u/{version}/${org.orgId.slice(0, 15)}`,
        rest: `${data}/`,
        sobjects: `${data}/sobjects/`,
        search: `${data}/search/`,
        query: `${data}/query/`,
        recent: `${data}/recent/`,
        tooling_soap: `${base}/services/Soap/T/{version}/${org.orgId.slice(0, 15)}`,
        tooling_rest: `${data}/tooling/`,
        profile: `${base}/${user.id}`,
        custom_domain: base,
      },
      active: user.isActive,
      user_type: 'STANDARD',
      language: user.language,
      locale: user.locale,
      utcOffset: 0,
      is_app_installed: true,
    };
  }
}
