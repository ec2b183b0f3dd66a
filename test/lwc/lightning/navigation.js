import { createTestWireAdapter } from '@salesforce/wire-service-jest-util';

export const CurrentPageReference = createTestWireAdapter(jest.fn());

const Navigate = Symbol('Navigate');
const GenerateUrl = Symbol('GenerateUrl');
let last;

export const NavigationMixin = (Base) =>
  class extends Base {
    [Navigate](page, replace = false) {
      last = { page, replace };
    }
    async [GenerateUrl](page) {
      return `/generated/${page.type}/${page.attributes?.recordId ?? page.attributes?.apiName ?? ''}`;
    }
  };
NavigationMixin.Navigate = Navigate;
NavigationMixin.GenerateUrl = GenerateUrl;

/** For tests: the page reference a component navigated to last, with `replace`; undefined before any. Reading it clears it. */
export function lastNavigation() {
  const seen = last;
  last = undefined;
  return seen;
}
