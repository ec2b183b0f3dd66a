import { LightningElement, api } from 'lwc';
import { goToPage } from 'c/coreOrg';
import type { SetupPage } from 'c/coreOrg';

interface BannerInput {
  key: string;
  theme: 'error' | 'warning' | 'info';
  title: string;
  text: string;
  linkLabel?: string;
  page?: SetupPage;
}

/** Notices above every page of the setup tab. A press on a notice's link asks for that page (`gotopage`, detail `{page}`). */
export default class CoreSetupBanner extends LightningElement {
  @api banners: BannerInput[] = [];

  get items(): (BannerInput & { boxClass: string; iconName: string; iconVariant: string; live: string })[] {
    return this.banners.map((banner) => ({
      ...banner,
      boxClass: `banner banner_${banner.theme} slds-box slds-box_x-small slds-theme_default slds-m-bottom_x-small`,
      iconName: banner.theme === 'info' ? 'utility:info' : `utility:${banner.theme}`,
      iconVariant: banner.theme === 'info' ? '' : banner.theme,
      live: banner.theme === 'error' ? 'alert' : 'status',
    }));
  }

  handleLink(event: Event): void {
    const { page } = (event.currentTarget as HTMLElement).dataset;
    goToPage(this, page as SetupPage);
  }
}
