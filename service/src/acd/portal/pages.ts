import { html, page, type Markup } from '../../connections/index.ts';
import type { AcdStatus } from '../connection.ts';

const notice = (kind: 'success' | 'warning' | 'error', body: Markup): Markup =>
  html`<div class="slds-notify slds-notify_${kind}" role="${kind === 'error' ? 'alert' : 'status'}">${body}</div>`;

/** Before the sign-in. `action`: what signing in is for. */
export function signInPage(action: 'sign-in' | 'connect', login: string, error?: string): string {
  const known = login === 'production' || login === 'sandbox';
  const option = (value: string, label: string, chosen: boolean): Markup =>
    chosen ? html`<option value="${value}" selected>${label}</option>` : html`<option value="${value}">${label}</option>`;
  const isConnect = action === 'connect';
  return page(
    isConnect ? 'Connect Salesforce' : 'Phone systems',
    html`${error ? notice('error', html`${error}`) : null}
      <p>
        ${
          isConnect
            ? 'Sign in as the administrator who is to hold the connection, and allow the access. Look-ups then read the org in that user’s name. The user needs a Salesforce licence and the permission set “Switchboard ACD”.'
            : 'Here telephone administrators see whether look-ups reach the org, and connect them. Sign in with Salesforce as an administrator of the org.'
        }
      </p>
      <form method="post" action="/portal/${action}">
        <div class="slds-form-element">
          <label class="slds-form-element__label" for="login">Kind of org</label>
          <select class="slds-select" id="login" name="login">
            ${option('production', 'Production or Developer Edition', login === 'production')}
            ${option('sandbox', 'Sandbox or scratch org', login === 'sandbox')} ${option('domain', 'My Domain', !known)}
          </select>
        </div>
        <div class="slds-form-element">
          <label class="slds-form-element__label" for="domain">My Domain (only for the kind “My Domain”)</label>
          <input
            class="slds-input"
            id="domain"
            name="domain"
            value="${known || login === 'domain' ? '' : login}"
            placeholder="acme.my.salesforce.com"
            autocomplete="off"
          />
        </div>
        <button class="slds-button slds-button_brand" type="submit">Continue to Salesforce</button>
      </form>`,
  );
}

const TITLES: Record<AcdStatus['status'], string> = {
  active: 'The connection is active',
  standby: 'Active through standby',
  inactive: 'The connection is inactive',
};
const KINDS = { active: 'success', standby: 'warning', inactive: 'error' } as const;

export interface PortalView {
  orgId: string;
  orgName: string;
  username: string;
  csrf: string;
  status: AcdStatus;
  problem?: string;
}

/** The connection as a telephone admin sees it: its state, the Org Id that phone systems give, and what can be done. */
export function portalPage({ orgId, orgName, username, csrf, status, problem }: PortalView): string {
  const { isOn, since, why, nextStep, holder } = status;
  const button = (action: string, label: string, brand: boolean): Markup =>
    html`<form method="post" action="/portal/${action}">
      <input type="hidden" name="csrf" value="${csrf}" />
      <button class="slds-button ${brand ? 'slds-button_brand' : ''}" type="submit">${label}</button>
    </form>`;
  return page(
    'Salesforce connection',
    html`${problem ? notice('error', html`<p>${problem}</p>`) : null}
      ${notice(
        KINDS[status.status],
        html`<p><strong>${TITLES[status.status]}</strong>${since ? html` since ${stamp(since)}` : null}.</p>
          ${why ? html`<p>${why}</p>` : null} ${nextStep ? html`<p>${nextStep}</p>` : null}`,
      )}
      <p>${orgName}${holder ? html`, connected as <strong>${holder}</strong>` : null}</p>
      <div class="slds-form-element">
        <label class="slds-form-element__label" for="org-id">Org Id, which phone systems give with each call</label>
        <input class="slds-input" id="org-id" value="${orgId}" readonly />
        <button class="slds-button" type="button" id="copy" data-copied="Copied">Copy</button>
        <span id="copy-status" role="status"></span>
      </div>
      ${button('again', isOn ? 'Refresh connection' : 'Connect', status.status !== 'active')}
      ${isOn ? button('disconnect', 'Disconnect', false) : null}
      <p class="slds-text-body_small">Signed in as ${username}.</p>
      ${button('sign-out', 'Sign out', false)}
      <script src="/portal/assets/portal.js" defer></script>`,
  );
}

/** Copying needs a script; without one the field can be selected. */
export const PORTAL_SCRIPT = `const button = document.getElementById('copy');
button?.addEventListener('click', async () => {
  const field = document.getElementById('org-id');
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand('copy');
  }
  document.getElementById('copy-status').textContent = button.dataset.copied;
});
`;

/** Asks before what ends look-ups. */
export function disconnectPage({ csrf, orgName }: Pick<PortalView, 'csrf' | 'orgName'>): string {
  return page(
    'Disconnect look-ups?',
    html`<p>
        Phone systems of ${orgName} are then answered with their default route only. Messages go on. You can connect again at any time.
      </p>
      <form method="post" action="/portal/disconnect">
        <input type="hidden" name="csrf" value="${csrf}" />
        <input type="hidden" name="sure" value="yes" />
        <button class="slds-button slds-button_destructive" type="submit">Disconnect</button>
        <a class="slds-button" href="/portal">Back</a>
      </form>`,
  );
}

const stamp = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
