/** https://developer.salesforce.com/docs/platform/lwc/guide/reference-lightning-platform-utility-bar-api.html */
declare module 'lightning/platformUtilityBarApi' {
  import type { WireAdapterConstructor } from 'lwc';
  export const EnclosingUtilityId: WireAdapterConstructor;
  export function updateUtility(id: string, change: { label?: string; icon?: string; highlighted?: boolean }): Promise<boolean>;
  export function open(id: string): Promise<boolean>;
  export function minimize(id: string): Promise<boolean>;
}
