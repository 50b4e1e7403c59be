/** The languages every text of the product exists in; a further one is a file in `src/locales/`. */
export interface Texts {
  fr: string;
  en: string;
}

/** One entry of a room's catalogue. Texts are ICU MessageFormat; placeholders take the error's `params`. */
export interface ErrorDefinition {
  /** HTTP status this error becomes when it reaches a client. */
  status: number;
  /** Whether the same request may succeed later without being changed. */
  retryable: boolean;
  title: Texts;
  detail: Texts;
}

export type ErrorParams = Readonly<Record<string, string | number>>;

export interface AppErrorOptions {
  params?: ErrorParams;
  cause?: unknown;
  /** Seconds for `Retry-After`, where known. */
  retryAfterSeconds?: number;
  /** One entry a wrong field, for 400 and 422. */
  fields?: readonly { field: string; message: string }[];
}

/** An error that has a stable public code (`room/reason`). Everything else that is thrown is a defect and answers 500. */
export class AppError extends Error {
  readonly code: string;
  readonly definition: ErrorDefinition;
  readonly params: ErrorParams;
  readonly retryAfterSeconds: number | undefined;
  readonly fields: readonly { field: string; message: string }[];

  constructor(code: string, definition: ErrorDefinition, options: AppErrorOptions = {}) {
    super(`${code}${options.params ? ` ${JSON.stringify(options.params)}` : ''}`, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.definition = definition;
    this.params = options.params ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.fields = options.fields ?? [];
  }
}

export interface ErrorCatalogue<Reason extends string> {
  room: string;
  definitions: Readonly<Record<Reason, ErrorDefinition>>;
  /** Makes the error `room/reason`. */
  error(reason: Reason, options?: AppErrorOptions): AppError;
  /** The stable public code of a reason. */
  code(reason: Reason): string;
}

/** Declares the errors of a room; `defineErrors('debates', { 'not-found': … }).error('not-found', { params: { id } })`. */
export function defineErrors<Reason extends string>(
  room: string,
  definitions: Readonly<Record<Reason, ErrorDefinition>>,
): ErrorCatalogue<Reason> {
  const code = (reason: Reason): string => `${room}/${reason}`;
  return {
    room,
    definitions,
    code,
    error: (reason, options) => new AppError(code(reason), definitions[reason], options),
  };
}
