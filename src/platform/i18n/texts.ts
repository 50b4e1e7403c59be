import type { ErrorCatalogue, Texts } from '../errors/index.ts';

/** Fixed words of a room, by a name that stays: `room/name` is what files of other languages call them. */
export interface TextCatalogue<Name extends string = string> {
  room: string;
  texts: Readonly<Record<Name, Texts>>;
}

/** Declares the fixed words of a room: `defineTexts('feeds', { title: { fr: '…', en: '…' } })`. */
export function defineTexts<Name extends string>(
  room: string,
  texts: Readonly<Record<Name, Texts>>,
): TextCatalogue<Name> {
  return { room, texts };
}

/** Every text of these catalogues by its key: `room/reason.title`, `room/reason.detail`, `room/name`. */
export function textsByKey(
  errors: readonly ErrorCatalogue<string>[],
  words: readonly TextCatalogue[],
): ReadonlyMap<string, Texts> {
  const ofErrors = errors.flatMap((catalogue) =>
    Object.entries(catalogue.definitions).flatMap(([reason, { title, detail }]) => [
      [`${catalogue.code(reason)}.title`, title] as const,
      [`${catalogue.code(reason)}.detail`, detail] as const,
    ]),
  );
  const ofWords = words.flatMap(({ room, texts }) =>
    Object.entries(texts).map(([name, text]) => [`${room}/${name}`, text] as const),
  );
  return new Map([...ofErrors, ...ofWords]);
}
