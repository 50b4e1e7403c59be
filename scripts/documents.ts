/**
 * Writes what is derived from the contract and from the catalogues: `npm run documents`; with `--check`, only says which files
 * are not what they would be. They are committed, so that they can be read where the code is.
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import openapiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { ERROR_CATALOGUES } from '../src/catalogues.ts';
import {
  errorPages,
  operationsByCode,
  renderMarkdown,
  renderMarkdownIndex,
} from '../src/platform/error-pages/index.ts';
import { createLanguages } from '../src/platform/i18n/index.ts';
import { type ApiDocument, renderApiPage } from './api-page.ts';
import { CONTRACT_FILE } from './openapi.ts';

const API_FILE = 'docs/API.md';
const ERRORS_FOLDER = 'docs/errors';
const CLIENT_TYPES_FILE = 'clients/typescript/schema.ts';
const CLIENT_TYPES_HEADING = '// Generated from contracts/openapi.json by `npm run documents`.\n\n';

/** Every derived file, by its path from the root. */
async function render(contract: OpenAPI3): Promise<Map<string, string>> {
  const pages = errorPages(ERROR_CATALOGUES, createLanguages().all, operationsByCode(contract));
  return new Map([
    [API_FILE, renderApiPage(contract as object as ApiDocument)],
    [CLIENT_TYPES_FILE, await renderClientTypes(contract)],
    [`${ERRORS_FOLDER}/README.md`, renderMarkdownIndex(pages.values(), ({ code }) => `${code}.md`)],
    ...[...pages.values()].map((page) => [`${ERRORS_FOLDER}/${page.code}.md`, renderMarkdown(page)] as const),
  ]);
}

async function renderClientTypes(contract: OpenAPI3): Promise<string> {
  // A field that has a default need not be sent.
  const nodes = await openapiTypes(contract, { defaultNonNullable: false, silent: true });
  return `${CLIENT_TYPES_HEADING}${astToString(nodes)}`;
}

/** Paths that differ from what they should be: to write, and left over from errors that are no more. */
function compare(files: ReadonlyMap<string, string>): { stale: string[]; left: string[] } {
  const stale = [...files].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  const left = globSync(`${ERRORS_FOLDER}/**/*.md`).filter((path) => !files.has(path));
  return { stale: stale.map(([path]) => path), left };
}

if (import.meta.main) {
  const files = await render(JSON.parse(readFileSync(CONTRACT_FILE, 'utf8')) as OpenAPI3);
  const { stale, left } = compare(files);
  if (process.argv.includes('--check')) {
    for (const path of [...stale, ...left]) console.error(`${path} is stale: npm run documents`);
    process.exitCode = stale.length + left.length === 0 ? 0 : 1;
  } else {
    for (const path of stale) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, files.get(path) ?? '');
    }
    for (const path of left) rmSync(path);
    console.log(`${stale.length} written, ${left.length} removed`);
  }
}
