/** Modules that the local page generates while it is built. */

declare module 'shell/registry' {
  /** Every exposed component by its name without namespace. */
  const components: Record<string, () => Promise<{ default: typeof import('lwc').LightningElement }>>;
  export default components;
}

interface ImportMeta {
  readonly env: { readonly SSR: boolean };
}

declare module '*.html' {
  const template: () => void;
  export default template;
}
