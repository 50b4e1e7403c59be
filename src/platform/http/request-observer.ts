/** Told of every answer; it costs every request what it takes. */
export interface RequestObserver {
  /** `route` is the template, or `none`; `method` is one of ours, or `other`. */
  answered(method: string, route: string, status: number, durationSeconds: number): void;
  /** With the stable code. */
  refused(code: string): void;
}
