import type { Problem } from '../platform/errors.ts';
import { html, type Markup } from './html.ts';

/** The whole page around a body. No scripts; the one stylesheet is our own. */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · Switchboard</title>
        <link rel="stylesheet" href="/connect/assets/connect.css" />
      </head>
      <body>
        <header class="slds-global-header">Switchboard</header>
        <main class="slds-card">
          <h1 class="slds-text-heading_medium">${title}</h1>
          ${body}
        </main>
      </body>
    </html>`.text;
}

const nothingCameBack = html`<details>
  <summary>Salesforce shows an error, or nothing comes back here</summary>
  <p>
    Salesforce blocks apps that are not installed in the org. It then shows a page of its own (“app must be installed into org” or
    <em>OAUTH_APPROVAL_ERROR_GENERIC</em>) and never returns to Switchboard.
  </p>
  <ul>
    <li>In Setup, open <strong>Connected Apps OAuth Usage</strong>, find Switchboard and press <strong>Install</strong>.</li>
    <li>Or let a user with the permission <em>Approve Uninstalled Connected Apps</em> sign in once.</li>
    <li>If your org allows sign-ins from certain addresses only, add the address of this service.</li>
  </ul>
  <p>Then come back to this page and continue again. Nothing was stored meanwhile.</p>
</details>`;

/** Before the sign-in of an administrator who registers an org. */
export function registerPage(form: { login: string; returnUrl: string; error?: string }): string {
  const known = form.login === 'production' || form.login === 'sandbox';
  const option = (value: string, label: string, chosen: boolean): Markup =>
    chosen ? html`<option value="${value}" selected>${label}</option>` : html`<option value="${value}">${label}</option>`;
  const domain = known || form.login === 'domain' ? '' : form.login;
  return page(
    'Register this org',
    html`${form.error ? html`<div class="slds-notify slds-notify_error" role="alert">${form.error}</div>` : null}
      <p>
        Sign in as an administrator and allow the access. Switchboard then makes the keys with which this org calls the service, and you are
        its first connected user: messages are read and written in your name.
      </p>
      <form method="post" action="/connect/register">
        <input type="hidden" name="return" value="${form.returnUrl}" />
        <div class="slds-form-element">
          <label class="slds-form-element__label" for="login">Kind of org</label>
          <select class="slds-select" id="login" name="login">
            ${option('production', 'Production or Developer Edition', form.login === 'production')}
            ${option('sandbox', 'Sandbox or scratch org', form.login === 'sandbox')} ${option('domain', 'My Domain', !known)}
          </select>
        </div>
        <div class="slds-form-element">
          <label class="slds-form-element__label" for="domain">My Domain (only for the kind “My Domain”)</label>
          <input class="slds-input" id="domain" name="domain" value="${domain}" placeholder="acme.my.salesforce.com" autocomplete="off" />
        </div>
        <button class="slds-button slds-button_brand" type="submit">Continue to Salesforce</button>
      </form>
      ${nothingCameBack}`,
  );
}

export function invitePage(invite: { token: string; username: string; orgName: string; expiresAt: Date }): string {
  return page(
    `Connect ${invite.username}`,
    html`<p>
        You are asked to be a connected user of Switchboard for <strong>${invite.orgName}</strong>. The service then reads and writes
        messages in your name. Sign in as <strong>${invite.username}</strong> and allow the access.
      </p>
      <form method="post" action="/connect/invite/${invite.token}">
        <button class="slds-button slds-button_brand" type="submit">Continue to Salesforce</button>
      </form>
      <p class="slds-text-body_small">The link works once, until ${stamp(invite.expiresAt)}.</p>
      ${nothingCameBack}`,
  );
}

export interface DonePage {
  title: string;
  lines: readonly string[];
  keys?: { agent: string; admin: string };
  /** What the user cannot see or write of the package; undefined when it could not be read. */
  missing: readonly string[] | undefined;
  /** Present where the permission set may be assigned from this page. */
  assign?: { flowId: string };
  returnUrl: string | null;
  problem?: string;
}

export function donePage(done: DonePage): string {
  const complete = done.missing?.length === 0;
  return page(
    done.title,
    html`<div class="slds-notify slds-notify_success" role="status">${done.lines.map((line) => html`<p>${line}</p>`)}</div>
      ${done.problem ? html`<div class="slds-notify slds-notify_error" role="alert">${done.problem}</div>` : null}
      ${done.keys ? keysBlock(done.keys) : null} ${complete ? html`<p>All objects and fields that Switchboard needs are there.</p>` : null}
      ${done.missing === undefined ? html`<p>Which objects and fields you can use could not be checked. Press <strong>Test</strong> on the setup tab.</p>` : null}
      ${done.missing && done.missing.length > 0 ? missingBlock(done.missing, done.assign) : null}
      <p>You can close this window.${done.returnUrl ? ' The setup tab in Salesforce goes on by itself.' : null}</p>
      ${done.returnUrl ? html`<p><a class="slds-button" href="${done.returnUrl}">Back to Salesforce</a></p>` : null}`,
  );
}

function keysBlock(keys: { agent: string; admin: string }): Markup {
  return html`<div class="slds-notify slds-notify_warning">
    <p><strong>The org did not take its keys. Copy them now: they are shown only here.</strong></p>
    <p>In Setup open Named Credentials → External Credentials → Switchboard, and set the parameter <em>ApiKey</em> of each principal:</p>
    <p>Principal Agent</p>
    <code>${keys.agent}</code>
    <p>Principal Admin</p>
    <code>${keys.admin}</code>
  </div>`;
}

function missingBlock(missing: readonly string[], assign: { flowId: string } | undefined): Markup {
  return html`<div class="slds-notify slds-notify_warning">
    <p><strong>Some access is missing.</strong> Until it is there, messages cannot reach the org through this user.</p>
    <ul>
      ${missing.slice(0, 12).map((item) => html`<li>${item}</li>`)}
      ${missing.length > 12 ? html`<li>and ${missing.length - 12} more</li>` : null}
    </ul>
    ${
      assign
        ? html`<form method="post" action="/connect/permissions">
            <input type="hidden" name="flow" value="${assign.flowId}" />
            <button class="slds-button slds-button_brand" type="submit">Assign the permission set “Switchboard Integration”</button>
          </form>`
        : html`<p>Assign the permission set “Switchboard Integration” to this user in Setup.</p>`
    }
  </div>`;
}

/** A refusal, in words, with what to do. */
export function problemPage(problem: Problem, retry: string | null): string {
  return page(
    problem.title,
    html`<div class="slds-notify slds-notify_error" role="alert"><p>${problem.message}</p></div>
      ${retry ? html`<p><a class="slds-button" href="${retry}">Start again</a></p>` : null}
      <p class="slds-text-body_small">Code: ${problem.code}</p>`,
  );
}

function stamp(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
