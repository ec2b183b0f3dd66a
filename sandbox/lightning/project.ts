/** force-app as the page uses it: compiled components, Apex plans, metadata and labels; read again when files change. */
import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import { createAppBuilder, type AppFiles } from '../../tools/lwc/app.ts';
import { readAppCache, sourceKey, writeAppCache } from '../../tools/lwc/app-cache.ts';
import { readLabels } from '../../tools/lwc/labels.ts';
import { buildVendor, type Progress, type Vendor } from '../../tools/lwc/vendor.ts';
import { readCatalogue, type Catalogue } from './apex/catalogue.ts';
import { readApp, type AppMetadata } from './metadata/app.ts';

export interface Project {
  readonly vendor: Vendor;
  /** Of the last good build; undefined before the first. */
  files(): AppFiles | undefined;
  /** Why the last build failed. */
  error(): string | undefined;
  app(): AppMetadata;
  catalogue(): Catalogue;
  label(name: string): string;
  /** Called after every rebuild, with the error if it failed. */
  onChange(listener: (error: string | undefined) => void): void;
  close(): Promise<void>;
}

/** Editors write a file in several steps; one rebuild is enough for all of them. */
const SETTLE_MS = 60;
const WATCHED = ['force-app/main', 'sandbox/lightning/shell'];

export async function openProject({
  root,
  watch: watching,
  onProgress,
}: {
  root: string;
  watch: boolean;
  onProgress?: Progress;
}): Promise<Project> {
  const vendor = await buildVendor(root, onProgress);
  let state: { app: AppMetadata; catalogue: Catalogue; labels: Map<string, string>; files?: AppFiles } = {
    app: readApp(root),
    catalogue: new Map(),
    labels: readLabels(root),
  };
  let error: string | undefined;
  let listener: (error: string | undefined) => void = () => {};
  const builder = createAppBuilder({
    root,
    external: new Set(Object.keys(vendor.imports)),
    apexMethods: () => new Set(state.catalogue.keys()),
  });

  const load = async (): Promise<void> => {
    state = { ...state, app: readApp(root), labels: readLabels(root), catalogue: readCatalogue(root) };
    const key = sourceKey(root, vendor.key);
    const kept = readAppCache(root, key);
    const files = kept ?? (await builder.build());
    if (!kept) writeAppCache(root, key, files);
    state = { ...state, files };
  };
  const reload = async (): Promise<void> => {
    try {
      await load();
      error = undefined;
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause);
    }
    listener(error);
  };

  if (watching) await reload();
  else await load();
  // The first change should not wait for the compilers to load.
  if (watching) void builder.build().catch(() => undefined);
  const watcher = watching ? watchFolders(root, reload) : undefined;
  return {
    vendor,
    files: () => state.files,
    error: () => error,
    app: () => state.app,
    catalogue: () => state.catalogue,
    label: (name) => state.labels.get(name) ?? name,
    onChange: (next) => (listener = next),
    close: async () => watcher?.close(),
  };
}

function watchFolders(root: string, reload: () => Promise<void>): { close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const changed = (_kind: string, file: string | null): void => {
    if (file && /(^|[\\/])(__tests__|\.)|~$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(reload);
    }, SETTLE_MS);
  };
  const watchers: FSWatcher[] = WATCHED.map((folder) => watch(path.join(root, folder), { recursive: true }, changed));
  return {
    async close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      await running;
    },
  };
}
