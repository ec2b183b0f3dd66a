/** What a page is told when it is served: who is signed in, what the org is like, what force-app's app and pages consist of. Types only. */

export interface ShellUser {
  id: string;
  username: string;
  name: string;
  admin: boolean;
}

export interface PageComponent {
  /** As in the page's metadata: `messagingThreadPage`, `force:highlightsPanel`. */
  name: string;
  properties: Record<string, string>;
}

export interface PageRegion {
  name: string;
  components: PageComponent[];
}

export interface ShellTab {
  /** `Switchboard_Console`, `standard-Contact`, `Conversation__c`. */
  apiName: string;
  label: string;
  /** Set for tabs that show one of our components. */
  component?: string;
  /** Set for tabs that list an object's records; as the org spells it. */
  object?: string;
}

export interface ShellObject {
  /** As the org spells it (with namespace). */
  name: string;
  /** As force-app spells it. */
  localName: string;
  label: string;
  plural: string;
  /** First three characters of the object's ids. */
  keyPrefix: string;
  /** Icon as `standard:contact`. */
  icon: string;
  /** Record page, if an override activates one. */
  page?: PageRegion[];
}

export interface ShellContext {
  user: ShellUser;
  /** The user's own, as `Intl` knows them: `en-GB`, `Europe/London`. */
  locale: string;
  timeZone: string;
  users: ShellUser[];
  orgId: string;
  namespace: string;
  customPermissions: string[];
  app: { label: string; tabs: ShellTab[]; utilities: PageComponent[] };
  objects: ShellObject[];
  links: { label: string; url: string }[];
  buildError?: string;
}
