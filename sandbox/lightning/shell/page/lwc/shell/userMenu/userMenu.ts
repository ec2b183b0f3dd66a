import { LightningElement } from 'lwc';
import { context } from 'shell/context';

/** Signs in as any user of the sandbox org; the page loads again as that user. */
export default class UserMenu extends LightningElement {
  get label(): string {
    return context().user.name;
  }

  get assistiveText(): string {
    return `Signed in as ${context().user.name}. Switch user`;
  }

  get users() {
    const current = context().user.id;
    return context().users.map((user) => ({
      ...user,
      checked: user.id === current,
      text: user.admin ? `${user.name} (administrator)` : user.name,
    }));
  }

  async handleSelect(event: CustomEvent<{ value: string }>): Promise<void> {
    const response = await fetch('/__shell/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: event.detail.value }),
    });
    if (response.ok) location.reload();
  }
}
