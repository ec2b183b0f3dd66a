/** A headless browser wherever the tests run: no download, no system package, as root or not. */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const INSTALLED = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser'];
/** Lets the npm package unpack its own copies of nss and nspr, which a bare system lacks. */
const UNPACK_LIBRARIES = 'AWS_Lambda_nodejs24.x';

/**
 * `CHROME` (path of an executable) wins, then an installed Chrome or Chromium, then the Chromium inside the npm package (Linux x64 only,
 * unpacked once into a cache).
 */
export async function launchBrowser(): Promise<Browser> {
  const installed = process.env['CHROME'] ?? findInstalled();
  if (installed) return chromium.launch({ executablePath: installed, args: isRoot() ? ['--no-sandbox'] : [] });
  if (os.platform() !== 'linux') return chromium.launch({ channel: 'chrome' });
  if (os.arch() !== 'x64') throw new Error('No browser found: install Chromium, or name one in CHROME.');
  const folder = await unpacked();
  return chromium.launch({
    executablePath: path.join(folder, 'chromium'),
    // Its sandbox needs user namespaces or a setuid helper, which containers mostly refuse.
    args: ['--no-sandbox', '--font-render-hinting=none'],
    env: {
      ...definedEnvironment(),
      HOME: process.env['HOME'] ?? os.tmpdir(),
      LD_LIBRARY_PATH: [path.join(folder, 'al2023/lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
      FONTCONFIG_FILE: process.env['FONTCONFIG_FILE'] ?? path.join(folder, 'fonts-local.conf'),
    },
  });
}

function findInstalled(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean);
  const candidates = folders.flatMap((folder) => INSTALLED.map((name) => path.join(folder, name)));
  return [...candidates, '/opt/google/chrome/chrome'].find(isExecutable);
}

/** The folder with the unpacked browser. Several processes may ask at once: each unpacks apart, the first to finish wins. */
async function unpacked(): Promise<string> {
  const manifest = createRequire(import.meta.url)
    .resolve('@sparticuz/chromium')
    .replace(/build[\\/].*$/, 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = path.join(cacheRoot(), `chromium-${version}`);
  if (existsSync(path.join(folder, 'fonts-local.conf'))) return folder;

  const apart = `${folder}.${process.pid}.${Date.now()}`;
  mkdirSync(apart, { recursive: true });
  try {
    await unpackInto(apart);
    writeFileSync(path.join(apart, 'fonts-local.conf'), fontConfig(folder));
    rmSync(folder, { recursive: true, force: true });
    renameSync(apart, folder);
  } catch (error) {
    rmSync(apart, { recursive: true, force: true });
    if (!existsSync(path.join(folder, 'fonts-local.conf'))) throw error;
  }
  return folder;
}

// In a process of its own: the package reads TMPDIR and changes the environment when it is imported.
function unpackInto(folder: string): Promise<void> {
  const script = "const { default: packaged } = await import('@sparticuz/chromium'); await packaged.executablePath();";
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    env: { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: UNPACK_LIBRARIES },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`Chromium could not be unpacked into ${folder}: ${complaint}`)),
    );
  });
}

/**
 * The package's own configuration names only fixed system folders; with none of them present every text would have height 0. The packaged
 * Open Sans stands behind every family that a page may ask for, so that text is visible on a machine without fonts.
 */
function fontConfig(folder: string): string {
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', path.join(os.homedir(), '.fonts'), path.join(folder, 'fonts')];
  const families = ['Salesforce Sans', 'Arial', 'Helvetica', 'sans-serif', 'system-ui', 'serif', 'monospace'];
  const alias = (family: string): string => `<alias><family>${family}</family><default><family>Open Sans</family></default></alias>`;
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>${folders.map((dir) => `<dir>${dir}</dir>`).join('')}
${families.map(alias).join('\n')}
<cachedir>${path.join(folder, 'fonts-cache')}</cachedir></fontconfig>
`;
}

function cacheRoot(): string {
  const modules = path.resolve(import.meta.dirname, '../../node_modules');
  const preferred = path.join(modules, '.cache/switchboard');
  try {
    mkdirSync(preferred, { recursive: true });
    accessSync(preferred, constants.W_OK);
    return preferred;
  } catch {
    return path.join(os.tmpdir(), `switchboard-cache-${os.userInfo().uid}`);
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
