import { LightningElement, api } from 'lwc';
import components from 'shell/registry';

type Constructor = Awaited<ReturnType<(typeof components)[string]>>['default'];

/** Places one of force-app's exposed components, and keeps its failure to itself. */
export default class ComponentHost extends LightningElement {
  constructorOf: Constructor | undefined;
  error: string | undefined;
  private placed = '';

  /** Name without namespace, as page metadata has it. */
  @api get name(): string {
    return this.placed;
  }
  set name(value: string) {
    this.placed = value;
    void this.load(value);
  }

  /** Values for the component's public properties. */
  @api properties: Record<string, unknown> = {};

  errorCallback(error: Error): void {
    console.error(error);
    this.error = `${this.placed} failed: ${error.message}`;
    this.constructorOf = undefined;
  }

  private async load(name: string): Promise<void> {
    this.error = undefined;
    const load = components[name];
    if (!load) {
      this.error = `force-app has no exposed component ${name}.`;
      return;
    }
    try {
      this.constructorOf = (await load()).default;
    } catch (error) {
      console.error(error);
      this.error = `${name} could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
