// By path, because 'lightning/primitiveIcon' means this very file.
import BaseIcon from '../../../../../../../node_modules/lightning-base-components/src/lightning/primitiveIcon/primitiveIcon.js';
import template from './primitiveIcon.html';

/** Takes icons from the sprites of SLDS: the base components' thousands of compiled templates would triple the build. */
export default class PrimitiveIcon extends BaseIcon {
  requestIconTemplates(): Promise<void> {
    return Promise.resolve();
  }

  render() {
    return template;
  }

  get href(): string {
    if (this.src) return super.href;
    const [sprite, name] = (this.iconName ?? '').split(':');
    return name ? `/assets/icons/${sprite}-sprite/svg/symbols.svg#${name}` : '';
  }
}
