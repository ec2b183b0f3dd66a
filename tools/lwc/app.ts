/** Our components and the page around them, compiled against the vendor build. Well under a second, in memory. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { OutputAsset, OutputChunk, RollupCache, RollupLog } from 'rollup';
import { componentPlugins } from './plugins.ts';

export interface AppOptions {
  root: string;
  /** Names that the vendor build provides. */
  external: ReadonlySet<string>;
  /** See {@link ResolverOptions}. */
  apexMethods?: (() => ReadonlySet<string> | undefined) | undefined;
}

/** File name (`main.js`, chunks, `.map`) to content. */
export type AppFiles = ReadonlyMap<string, string>;

export interface AppBuilder {
  /** Compiles; unchanged modules come from the previous run. Rejects with {@link AppBuildError}. */
  build(): Promise<AppFiles>;
}

/** A component does not compile. The message names the file and, where known, line and column. */
export class AppBuildError extends Error {
  override readonly name = 'AppBuildError';
}

/** Keeps what one build learned for the next. */
export function createAppBuilder(options: AppOptions): AppBuilder {
  let cache: RollupCache | undefined;
  return {
    async build() {
      const { rollup } = await import('rollup');
      try {
        const bundle = await rollup({
          input: { main: path.join(options.root, 'sandbox/lightning/shell/main.ts') },
          external: (id) => options.external.has(id),
          ...(cache ? { cache } : {}),
          onwarn: (warning) => failOnOwnWarning(warning, options.root),
          plugins: await componentPlugins({ root: options.root, apexMethods: options.apexMethods?.() }),
        });
        const { output } = await bundle.generate({
          format: 'es',
          sourcemap: true,
          chunkFileNames: '[name]-[hash].js',
          entryFileNames: '[name].js',
        });
        cache = bundle.cache;
        await bundle.close();
        return new Map(output.map((file) => [file.fileName, content(file)]));
      } catch (error) {
        throw new AppBuildError(describe(error, options.root));
      }
    },
  };
}

function content(file: OutputChunk | OutputAsset): string {
  if (file.type === 'chunk') return file.code;
  return typeof file.source === 'string' ? file.source : Buffer.from(file.source).toString('utf8');
}

// Ours must compile without a warning; what the base components warn about is theirs.
function failOnOwnWarning(warning: RollupLog, root: string): void {
  const file = warning.loc?.file ?? warning.id ?? '';
  const own = file.startsWith(path.join(root, 'force-app')) || file.startsWith(path.join(root, 'sandbox'));
  if (own || warning.code === 'UNRESOLVED_IMPORT') throw Object.assign(new Error(warning.message), { loc: warning.loc, id: warning.id });
}

function describe(error: unknown, root: string): string {
  const { message, loc, id, frame } = error as {
    message?: string;
    loc?: { file?: string; line: number; column: number };
    id?: string;
    frame?: string;
  };
  const file = loc?.file ?? id;
  const place = file && existsSync(file.split('?')[0] ?? file) ? path.relative(root, file) : file?.replace('\0', '');
  const where = place ? `${place}${loc ? `:${loc.line}:${loc.column}` : ''}: ` : '';
  return `${where}${message ?? String(error)}${frame ? `\n${frame}` : ''}`;
}
