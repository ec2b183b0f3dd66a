import { html } from '../../control/html.ts';
import type { Html } from '../../control/html.ts';
import type { CarrierAccounts, TwilioAccount } from '../accounts.ts';
import { SPECIAL_NUMBERS } from '../behaviours.ts';
import { shell } from './page.ts';

export interface SettingsModel {
  readonly accounts: CarrierAccounts;
  /** The number whose address has just been saved. */
  readonly saved: string | null;
  readonly error: { readonly number: string; readonly typed: string; readonly text: string } | null;
}

/** What a customer of the carrier would see in the carrier's console: credentials, numbers, and where inbound texts go. */
export function settingsPage(model: SettingsModel): Html {
  return shell(
    'Carrier settings',
    html`
      <header class="sb-header">
        <h1 class="slds-text-heading_medium">Carrier settings</h1>
        <p>What the company finds in its carriers' consoles. Everything here belongs to the sandbox.</p>
        <nav aria-label="Phone"><a href="/">Back to the phone</a></nav>
      </header>
      <main class="sb-settings">
        ${model.saved ? html`<p class="sb-saved" role="status">The webhook address of ${model.saved} is saved.</p>` : ''}
        ${model.accounts.twilio.map((account) => twilioSection(account, model))}
        ${model.accounts.smpp.map(
          (account) =>
            html`<section class="slds-box slds-m-bottom_medium">
              <h2 class="slds-text-heading_small slds-m-bottom_x-small">SMPP account</h2>
              <dl class="sb-facts">
                <dt>System id</dt>
                <dd><code>${account.systemId}</code></dd>
                <dt>Password</dt>
                <dd><code>${account.password}</code></dd>
                <dt>Numbers</dt>
                <dd>${account.numbers.map((number) => number.number).join(', ')}</dd>
              </dl>
            </section>`,
        )}
        <section class="slds-box">
          <h2 class="slds-text-heading_small slds-m-bottom_x-small">Special numbers</h2>
          <p class="slds-m-bottom_x-small">Every number receives texts but these:</p>
          <dl class="sb-facts">
            ${SPECIAL_NUMBERS.map(
              ({ number, text }) =>
                html`<dt><code>${number}</code></dt>
                  <dd>${text}</dd>`,
            )}
          </dl>
        </section>
      </main>
    `,
  );
}

function twilioSection(account: TwilioAccount, model: SettingsModel): Html {
  return html`<section class="slds-box slds-m-bottom_medium">
    <h2 class="slds-text-heading_small slds-m-bottom_x-small">Twilio-compatible account: ${account.name}</h2>
    <dl class="sb-facts">
      <dt>Account SID</dt>
      <dd><code>${account.accountSid}</code></dd>
      <dt>Auth token</dt>
      <dd><code>${account.authToken}</code></dd>
    </dl>
    ${account.numbers.map((number, index) => {
      const error = model.error?.number === number.number ? model.error : null;
      const id = `url-${account.accountSid}-${index}`;
      return html`<form method="post" action="/carrier" class="slds-m-top_small">
        <input type="hidden" name="number" value="${number.number}" />
        <div class="slds-form-element ${error ? 'slds-has-error' : ''}">
          <label class="slds-form-element__label" for="${id}">Webhook address for texts to ${number.number}</label>
          <div class="slds-form-element__control sb-pick__row">
            <input
              class="slds-input"
              id="${id}"
              name="smsUrl"
              type="text"
              inputmode="url"
              autocomplete="off"
              value="${error ? error.typed : number.smsUrl}"
              ${error ? html`aria-invalid="true" aria-describedby="${id}-error"` : ''}
            />
            <button class="slds-button slds-button_brand" type="submit">Save</button>
          </div>
          ${error ? html`<div class="slds-form-element__help" id="${id}-error">${error.text}</div>` : ''}
        </div>
      </form>`;
    })}
  </section>`;
}
