/** What a plugin's thread is started with. */
export interface ThreadData {
  moduleUrl: string;
  settings: Readonly<Record<string, string>>;
  maxAnswerBytes: number;
}

export const METHODS = ['discover', 'describe', 'media', 'captions'] as const;
export type PluginMethod = (typeof METHODS)[number];

export type ToThread =
  | { kind: 'call'; call: number; method: PluginMethod; argument: unknown }
  | { kind: 'cancel'; call: number };

export type FromThread =
  | { kind: 'ready'; manifest: string }
  | { kind: 'broken'; reason: string }
  | { kind: 'answer'; call: number; text: string }
  | { kind: 'failure'; call: number; reason: string };
