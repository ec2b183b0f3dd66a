/** The platform side of the page (LWC, base components, our stand-ins): slow to build, so built once per set of versions. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'rollup';
import { buildOnce } from './build-lock.ts';
import { platformModules } from './components.ts';
import { componentPlugins } from './plugins.ts';

const PINNED = ['lwc', '@lwc/rollup-plugin', '@lwc/synthetic-shadow', 'lightning-base-components', 'rollup', 'esbuild'];
/** Modules of one build, for the progress display only. */
const EXPECTED_MODULES = 1450;
/** Share of the time that goes into reading and compiling modules; the rest is bundling. */
const COMPILE_SHARE = 0.8;

/** Told while something slow goes on: what in words, and how much of it is done (0 to 1). */
export type Progress = (text: string, fraction: number) => void;

export interface Vendor {
  /** Folder to serve as `/vendor/<key>/`. */
  folder: string;
  key: string;
  /** Bare specifier to URL, for the page's import map. */
  imports: Record<string, string>;
}

/** Builds when nothing usable lies in `build/lightning`; about 20 s on two cores, otherwise a few milliseconds. */
export async function buildVendor(root: string, onProgress: Progress = () => {}): Promise<Vendor> {
  const key = vendorKey(root);
  const base = path.join(root, 'build/lightning');
  const folder = path.join(base, `vendor-${key}`);
  const mapFile = path.join(folder, 'imports.json');
  await buildOnce(
    `${folder}.lock`,
    () => existsSync(mapFile),
    () => buildInto(root, folder, key, onProgress),
  );
  return { folder, key, imports: readJson(mapFile) as Record<string, string> };
}

async function buildInto(root: string, folder: string, key: string, onProgress: Progress): Promise<void> {
  const { rollup } = await import('rollup');
  const apart = `${folder}.${process.pid}.${Date.now()}`;
  mkdirSync(apart, { recursive: true });
  try {
    const names = vendorNames(root);
    onProgress('Compiling the Lightning base components', 0);
    const bundle = await rollup({
      input: Object.fromEntries(names.map((name) => [fileName(name), name])),
      preserveEntrySignatures: 'strict',
      onwarn: () => {}, // the base components' own warnings (LWC1149, LWC1057, LWC1137, LWC1145) are harmless
      plugins: [bareEntries(root), countModules(onProgress), ...(await componentPlugins({ root })), await inlineEnvironment()],
    });
    onProgress('Bundling the Lightning base components', COMPILE_SHARE);
    await bundle.write({ dir: apart, format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' });
    await bundle.close();
    const imports = Object.fromEntries(names.map((name) => [name, `/vendor/${key}/${fileName(name)}.js`]));
    writeFileSync(path.join(apart, 'imports.json'), JSON.stringify(imports));
    rmSync(folder, { recursive: true, force: true });
    renameSync(apart, folder);
    removeOthers(path.dirname(folder), path.basename(folder));
    onProgress('Lightning base components are ready', 1);
  } finally {
    rmSync(apart, { recursive: true, force: true });
  }
}

const KEEP_MS = 24 * 3600_000;

/** Older builds stay for a day: another process may be serving them. */
function removeOthers(base: string, current: string): void {
  for (const name of readdirSync(base)) {
    const folder = path.join(base, name);
    const isOld = /^vendor-[0-9a-f]+$/.test(name) && name !== current && Date.now() - statSync(folder).mtimeMs > KEEP_MS;
    if (isOld) rmSync(folder, { recursive: true, force: true });
  }
}

function vendorNames(root: string): string[] {
  const { lwc } = readJson(path.join(root, 'node_modules/lightning-base-components/package.json')) as { lwc: { expose: string[] } };
  const base = lwc.expose.filter((name) => !name.startsWith('lightning/iconSvgTemplates'));
  const own = platformModules(root)
    .map(({ name }) => name)
    .filter((name) => name !== 'lightning/primitiveIcon'); // replaces an internal of the base components, nobody imports it
  return [...new Set(['lwc', '@lwc/synthetic-shadow', ...base, ...own])];
}

// The LWC plugin resolves a bare name only when it has an importer, which an entry point lacks.
function bareEntries(root: string): Plugin {
  return {
    name: 'bare-entries',
    resolveId(id, importer) {
      return importer ? null : this.resolve(id, path.join(root, 'sandbox/lightning/shell/main.ts'), { skipSelf: true });
    },
  };
}

function countModules(onProgress: Progress): Plugin {
  let seen = 0;
  return {
    name: 'count-modules',
    moduleParsed() {
      seen += 1;
      if (seen % 20 === 0) onProgress('Compiling the Lightning base components', Math.min(1, seen / EXPECTED_MODULES) * COMPILE_SHARE);
    },
  };
}

async function inlineEnvironment(): Promise<Plugin> {
  const { transform } = await import('esbuild');
  return {
    name: 'inline-environment',
    async renderChunk(code) {
      const inlined = code
        .replaceAll('import.meta.env.SSR', 'false')
        // As in an org: the development build keeps every instance of a component for hot swapping, and threads get slow.
        .replaceAll('process.env.NODE_ENV', '"production"')
        .replaceAll('process.env.SKIP_LWC_VERSION_MISMATCH_CHECK', '"false"');
      const minified = await transform(inlined, { minify: true, format: 'esm', legalComments: 'inline', target: 'es2022' });
      return { code: minified.code, map: null };
    },
  };
}

// Covers the versions, the stand-ins and the build itself: a changed one must take effect.
function vendorKey(root: string): string {
  const hash = createHash('sha256');
  for (const name of PINNED) {
    hash.update(name + (readJson(path.join(root, 'node_modules', name, 'package.json')) as { version: string }).version);
  }
  const sources = ['sandbox/lightning/shell/platform/**/*.*', 'tools/lwc/{vendor,plugins,resolver}.ts'];
  for (const file of globSync(sources, { cwd: root }).sort()) hash.update(file).update(readFileSync(path.join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

function fileName(specifier: string): string {
  return specifier.replace(/[@/]/g, '_');
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
