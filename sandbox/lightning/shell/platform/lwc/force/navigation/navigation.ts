import { navigate, onPage, toUrl, type Page, type PageInput } from 'shell/routes';

const Navigate = Symbol('Navigate');
const GenerateUrl = Symbol('GenerateUrl');

// A mixin's constructor must accept anything: TypeScript demands exactly this signature.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function NavigationMixin<T extends new (...args: any[]) => object>(Base: T) {
  return class extends Base {
    [Navigate](page: PageInput, replace = false): void {
      navigate(page, replace);
    }
    async [GenerateUrl](page: PageInput): Promise<string> {
      return toUrl(page);
    }
  };
}
NavigationMixin.Navigate = Navigate;
NavigationMixin.GenerateUrl = GenerateUrl;

/** Wire adapter: the page reference of the address, again at every navigation. */
export class CurrentPageReference {
  private readonly emit: (page: Page) => void;
  private stop: (() => void) | undefined;

  constructor(emit: (page: Page) => void) {
    this.emit = emit;
  }

  connect(): void {
    this.stop = onPage((page) => this.emit(page));
  }

  update(): void {}

  disconnect(): void {
    this.stop?.();
  }
}
