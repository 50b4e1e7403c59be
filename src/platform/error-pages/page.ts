import type { ErrorCatalogue, ErrorDefinition, Texts } from '../errors/index.ts';
import { type Language, translate } from '../i18n/index.ts';
import { errorPageTexts } from './texts.ts';

const words = errorPageTexts.texts;

/** What is written of an error in one language. */
interface Section {
  tag: string;
  /** The name of the language, in itself. */
  language: string;
  title: string;
  detail: string;
  whatToDo: string;
  advice: string;
}

/** The page that a problem's `type` names. */
export interface ErrorPage {
  code: string;
  status: number;
  sections: readonly Section[];
  /** `GET /api/…`, in the order of the contract. */
  operations: readonly string[];
}

/** What is known of each operation's errors: by code, the operations whose document shows it. */
export type OperationsByCode = ReadonlyMap<string, readonly string[]>;

/** Every error of the catalogues, by code, in their order. */
export function errorPages(
  catalogues: readonly ErrorCatalogue<string>[],
  languages: readonly Language[],
  operations: OperationsByCode,
): ReadonlyMap<string, ErrorPage> {
  return new Map(
    catalogues.flatMap((catalogue) =>
      Object.entries(catalogue.definitions).map(([reason, definition]) => {
        const code = catalogue.code(reason);
        const sections = languages.map((language) => sectionOf(definition, language));
        return [code, { code, status: definition.status, sections, operations: operations.get(code) ?? [] }] as const;
      }),
    ),
  );
}

function sectionOf(definition: ErrorDefinition, language: Language): Section {
  const say = (texts: Texts): string => translate(texts, language);
  return {
    tag: language.tag,
    language: language.own(words.language) ?? language.tag,
    title: pattern(definition.title, language),
    detail: pattern(definition.detail, language),
    whatToDo: say(words['what-to-do']),
    advice: say(adviceOn(definition)),
  };
}

/** A text with the names of its placeholders in their places: `{limit, number}` is shown as `{limit}`. */
function pattern(texts: Texts, language: Language): string {
  const own = language.own(texts) ?? (language.fallback === null ? texts.fr : pattern(texts, language.fallback));
  return own.replaceAll(/\{(\w+)[^{}]*\}/g, '{$1}');
}

function adviceOn({ status, retryable }: ErrorDefinition): Texts {
  if (status === 500) return words['try-once'];
  if (retryable) return words['try-later'];
  if (status === 401) return words['sign-in'];
  if (status === 403) return words['other-account'];
  if (status === 404 || status === 405 || status === 410) return words['not-there'];
  if (status === 409 || status === 412) return words['read-again'];
  return status >= 500 ? words['not-yours'] : words['change-request'];
}

interface Document {
  paths?: Record<string, Record<string, { responses?: Record<string, { content?: Record<string, object> }> }>>;
}

/** Reads from an OpenAPI document of ours, whose examples of errors are called by their codes, which operations give which. */
export function operationsByCode(document: object): OperationsByCode {
  const found = new Map<string, string[]>();
  for (const [path, operations] of Object.entries((document as Document).paths ?? {})) {
    for (const [method, { responses = {} }] of Object.entries(operations)) {
      const contents = Object.values(responses).map(({ content = {} }) => content['application/problem+json']);
      for (const code of contents.flatMap((media) => Object.keys((media as Shown | undefined)?.examples ?? {}))) {
        found.set(code, [...(found.get(code) ?? []), `${method.toUpperCase()} ${path}`]);
      }
    }
  }
  return found;
}

interface Shown {
  examples?: Record<string, unknown>;
}
