import type { ErrorPage } from './page.ts';
import { errorPageTexts } from './texts.ts';

const { operations: OPERATIONS, index: INDEX } = errorPageTexts.texts;
const both = ({ fr, en }: { fr: string; en: string }): string => `${fr} / ${en}`;
/** An error that nearly every operation may give is told by its number of operations, not by their names. */
const OPERATIONS_SHOWN = 15;

/** As committed in `docs/errors/`. */
export function renderMarkdown(page: ErrorPage): string {
  const sections = page.sections.flatMap((one) => [
    `## ${one.language}`,
    `**${escapeMarkdown(one.title)}.** ${escapeMarkdown(one.detail)}`,
    `**${one.whatToDo}.** ${escapeMarkdown(one.advice)}`,
  ]);
  const blocks = [`# ${page.code}`, `HTTP ${page.status}`, ...sections];
  if (page.operations.length > 0) {
    blocks.push(
      `## ${both(OPERATIONS)}`,
      shown(page)
        .map((one) => `- ${one.code ? `\`${one.text}\`` : one.text}`)
        .join('\n'),
    );
  }
  return `${blocks.join('\n\n')}\n`;
}

export function renderMarkdownIndex(pages: Iterable<ErrorPage>, addressOf: (page: ErrorPage) => string): string {
  const lines = [...pages].map((page) => {
    const titles = page.sections.map(({ title }) => escapeMarkdown(title)).join(' / ');
    return `| [\`${page.code}\`](${addressOf(page)}) | ${page.status} | ${titles} |`;
  });
  return `# ${both(INDEX)}\n\n| Code | HTTP | |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
}

export function renderHtml(page: ErrorPage): string {
  const sections = page.sections.map(
    (one) =>
      `<section lang="${escapeHtml(one.tag)}"><h2>${escapeHtml(one.title)}</h2><p>${escapeHtml(one.detail)}</p>` +
      `<p><strong>${escapeHtml(one.whatToDo)}.</strong> ${escapeHtml(one.advice)}</p></section>`,
  );
  const operations = shown(page).map(
    ({ text, code }) => `<li>${code ? `<code>${escapeHtml(text)}</code>` : escapeHtml(text)}</li>`,
  );
  const list = operations.length === 0 ? '' : `<h2>${escapeHtml(both(OPERATIONS))}</h2><ul>${operations.join('')}</ul>`;
  const head = `<h1><code>${escapeHtml(page.code)}</code></h1><p>HTTP ${page.status}</p>`;
  return documentOf(page.code, `${head}${sections.join('')}${list}`);
}

export function renderHtmlIndex(pages: Iterable<ErrorPage>, addressOf: (page: ErrorPage) => string): string {
  const items = [...pages].map((page) => {
    const titles = page.sections.map(({ tag, title }) => `<span lang="${escapeHtml(tag)}">${escapeHtml(title)}</span>`);
    return `<li><a href="${escapeHtml(addressOf(page))}"><code>${escapeHtml(page.code)}</code></a> ${page.status} ${titles.join(' / ')}</li>`;
  });
  return documentOf(both(INDEX), `<h1>${escapeHtml(both(INDEX))}</h1><ul>${items.join('')}</ul>`);
}

function shown({ operations }: ErrorPage): { text: string; code: boolean }[] {
  if (operations.length > OPERATIONS_SHOWN) {
    return [{ text: `${operations.length} opérations / ${operations.length} operations`, code: false }];
  }
  return operations.map((text) => ({ text, code: true }));
}

/** Readable on a phone, in light and dark, with nothing to load. */
const STYLE =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}';

function documentOf(title: string, body: string): string {
  return (
    '<!doctype html><html lang="fr"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    `<title>${escapeHtml(title)} – RobianAPI</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>\n`
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Catalogues are plain text: nothing in them is meant to be Markdown. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|]/g, '\\$&');
}
