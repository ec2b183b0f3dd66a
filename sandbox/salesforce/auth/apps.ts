/** An OAuth client as the org knows it (External Client App). */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  /** Scopes that may be asked for; the first request without `scope` gets all of them. */
  readonly scopes: readonly string[];
  /** PKCE with S256 is demanded (`isPkceRequired`). */
  readonly pkceRequired: boolean;
  /** Every refresh gives a new refresh token and ends the old one (`isRefreshTokenRotationEnabled`). */
  readonly rotation: boolean;
}

/** The app under which the sandbox service signs users in. */
export const DEFAULT_APP: OAuthApp = {
  clientId: 'switchboard-sandbox',
  clientSecret: 'switchboard-sandbox-secret',
  name: 'Switchboard',
  redirectUris: ['http://localhost:8080/connect/callback'],
  scopes: ['api', 'refresh_token', 'id', 'openid', 'profile', 'email', 'web'],
  pkceRequired: true,
  rotation: true,
};

/** What a start option has to name; the rest is taken from {@link DEFAULT_APP}. */
export type OAuthAppOption = Partial<OAuthApp> & Pick<OAuthApp, 'clientId' | 'clientSecret' | 'redirectUris'>;

/** The apps of one org. Installation can be switched off per app, as an admin's policy would. */
export class AppRegistry {
  readonly #apps: Map<string, OAuthApp>;
  readonly #uninstalled = new Map<string, { blockRefresh: boolean }>();

  constructor(apps: readonly OAuthAppOption[] = [DEFAULT_APP]) {
    this.#apps = new Map(apps.map((app) => [app.clientId, { ...DEFAULT_APP, ...app }]));
  }

  find(clientId: string | undefined): OAuthApp | undefined {
    return clientId === undefined ? undefined : this.#apps.get(clientId);
  }

  all(): readonly OAuthApp[] {
    return [...this.#apps.values()];
  }

  /** Switches installation of one app, or of all without an id. `blockRefresh` also refuses refreshes of grants that exist already. */
  setInstalled(installed: boolean, options: { clientId?: string | undefined; blockRefresh?: boolean | undefined } = {}): void {
    const ids = options.clientId === undefined ? [...this.#apps.keys()] : [options.clientId];
    for (const id of ids) {
      if (installed) this.#uninstalled.delete(id);
      else this.#uninstalled.set(id, { blockRefresh: options.blockRefresh ?? false });
    }
  }

  isInstalled(clientId: string): boolean {
    return !this.#uninstalled.has(clientId);
  }

  refusesRefresh(clientId: string): boolean {
    return this.#uninstalled.get(clientId)?.blockRefresh ?? false;
  }
}
