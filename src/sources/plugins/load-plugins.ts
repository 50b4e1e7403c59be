import { type Dirent, readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Static } from 'typebox';
import type { Clock } from '../../platform/clock/index.ts';
import { ConfigError } from '../../platform/config/index.ts';
import { AppError } from '../../platform/errors/index.ts';
import type { Logger } from '../../platform/telemetry/index.ts';
import { sourcesErrors } from '../errors.ts';
import type { DebateSource } from '../source.ts';
import { faultOf, Manifest } from './plugin-schemas.ts';
import { createPluginSource } from './plugin-source.ts';
import { createPluginThread, PLUGIN_LIMITS, type PluginLimits } from './plugin-thread.ts';

export interface Plugins {
  sources: readonly DebateSource[];
  /** Those that could not be used, and why: each is in the log, too. */
  broken: readonly { name: string; reason: string }[];
  close(): Promise<void>;
}

interface PluginOptions {
  /** The variables `PLUGIN_…` of the environment. */
  settings: Readonly<Record<string, string>>;
  /** Names that are taken: the product's own sources. */
  taken: readonly string[];
  clock: Clock;
  logger: Logger;
  limits?: PluginLimits;
}

/** Each is a thread with a JavaScript engine of its own, some 10 MB; a house has a few sources. */
const PLUGINS_MAX = 20;
const EXTENSION = /\.(?:ts|mts|js|mjs)$/;
/** Stands before its debates' ids, in which `_` ends it. */
const NAME = /^[a-z][a-z0-9-]{1,29}$/;

/** A file, or a folder with an `index` file, named as its source will be. */
export interface PluginFile {
  name: string;
  path: string;
  isFolder: boolean;
}

/**
 * What may be a plugin in a folder, in the order of names.
 * @throws ConfigError when the folder cannot be read: whoever names one wants what is in it
 */
export function findPlugins(folder: string | undefined): PluginFile[] {
  if (folder === undefined) return [];
  let found: Dirent[];
  try {
    found = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`PLUGINS_DIR: expected a folder that can be read (${why})`]);
  }
  return found
    .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || isModule(entry.name)))
    .map((entry) => ({
      name: entry.isDirectory() ? entry.name : entry.name.replace(EXTENSION, ''),
      path: join(folder, entry.name),
      isFolder: entry.isDirectory(),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Starts plugins. One that cannot be used is left out, in the log with its reason, and keeps nothing else from starting. */
export async function startPlugins(files: readonly PluginFile[], options: PluginOptions): Promise<Plugins> {
  const broken: { name: string; reason: string }[] = [];
  const closing: (() => Promise<void>)[] = [];
  const starting = files.map(async (file, index): Promise<DebateSource[]> => {
    try {
      const taken = [...options.taken, ...files.slice(0, index).map(({ name }) => name)];
      if (index >= PLUGINS_MAX) throw broke(file.name, `there are more than ${PLUGINS_MAX}`);
      const { source, close } = await startPlugin(file, taken, options);
      closing.push(close);
      return [source];
    } catch (error) {
      const reason = error instanceof AppError ? String(error.params.reason) : String(error);
      broken.push({ name: file.name, reason });
      options.logger.error({ plugin: file.name, reason }, 'a plugin cannot be used and is left out');
      return [];
    }
  });
  const sources = (await Promise.all(starting)).flat();
  if (sources.length > 0) options.logger.info({ plugins: sources.map(({ id }) => id) }, 'plugins started');
  return {
    sources,
    broken,
    close: async () => {
      await Promise.all(closing.map((close) => close()));
    },
  };
}

/** Tests and declarations beside a plugin are no plugins. */
function isModule(name: string): boolean {
  return EXTENSION.test(name) && !/\.(?:test|d)\.\w+$/.test(name);
}

async function startPlugin(
  { name, path, isFolder }: PluginFile,
  taken: readonly string[],
  { settings, clock, logger, limits = PLUGIN_LIMITS }: PluginOptions,
): Promise<{ source: DebateSource; close: () => Promise<void> }> {
  if (!NAME.test(name)) throw broke(name, 'its name must be 2 to 30 lower-case letters, digits and -, a letter first');
  if (taken.includes(name)) throw broke(name, 'another source has this name');
  const modulePath = isFolder ? await indexOf(name, path) : path;
  const thread = createPluginThread({
    name,
    moduleUrl: pathToFileURL(modulePath).href,
    settings: ownSettings(name, settings),
    clock,
    limits,
    onOutput: (text) => logger.debug({ plugin: name, text }, 'a plugin says'),
  });
  try {
    const manifest: unknown = JSON.parse(await thread.start());
    const fault = faultOf(Manifest, manifest);
    if (fault !== null) throw broke(name, fault);
    const { hosts, methods } = manifest as Static<typeof Manifest>;
    for (const required of ['discover', 'describe'] as const) {
      if (!methods.includes(required)) throw broke(name, `it has no method \`${required}\``);
    }
    const tells = { media: methods.includes('media'), captions: methods.includes('captions') };
    return { source: createPluginSource({ name, hosts, tells, thread, clock }), close: thread.close };
  } catch (error) {
    await thread.close();
    throw error;
  }
}

async function indexOf(name: string, folder: string): Promise<string> {
  for (const extension of ['ts', 'mts', 'js', 'mjs']) {
    const path = join(folder, `index.${extension}`);
    if ((await stat(path).catch(() => null))?.isFile()) return path;
  }
  throw broke(name, 'the folder has no index.ts, index.mts, index.js or index.mjs');
}

/** `json-feed` reads `PLUGIN_JSON_FEED_…`. */
function ownSettings(name: string, settings: Readonly<Record<string, string>>): Record<string, string> {
  const beginning = `PLUGIN_${name.toUpperCase().replaceAll('-', '_')}_`;
  return Object.fromEntries(
    Object.entries(settings).flatMap(([variable, value]) =>
      variable.startsWith(beginning) ? [[variable.slice(beginning.length), value]] : [],
    ),
  );
}

function broke(plugin: string, reason: string): AppError {
  return sourcesErrors.error('plugin-broken', { params: { plugin, reason } });
}
