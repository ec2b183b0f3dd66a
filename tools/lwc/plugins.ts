/** The rollup plugins that compile Lightning Web Components, ours and the base components. */
import path from 'node:path';
import type { Plugin } from 'rollup';
import { moduleRecords, salesforceModules, type ResolverOptions } from './resolver.ts';

/** In the order they must stand: the resolver strips TypeScript, which the LWC compiler does not. */
export async function componentPlugins(options: ResolverOptions): Promise<Plugin[]> {
  const { default: lwc } = await import('@lwc/rollup-plugin');
  return [
    salesforceModules(options),
    lwc({
      rootDir: path.join(options.root, 'sandbox/lightning/shell/platform/lwc'),
      modules: moduleRecords(options.root),
      // As in our components' metadata; the base components are compiled by the same rules.
      apiVersion: 65,
      enableDynamicComponents: true,
      enableSyntheticElementInternals: true, // the base components' form elements ask for it
      sourcemap: true,
    }),
  ];
}
