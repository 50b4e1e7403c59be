/** A dashboard as we describe it; `render-board.ts` says it to Grafana. */
export interface Board {
  uid: string;
  title: string;
  description: string;
  rows: readonly Row[];
}

interface Row {
  title: string;
  panels: readonly Panel[];
}

export interface Panel {
  title: string;
  /** What a reader needs to know to judge the number. */
  description?: string;
  /** `number`: one value a series, now. `lines`: over time. `areas`: over time, one upon the other. */
  kind: 'number' | 'lines' | 'areas';
  unit: Unit;
  series: readonly Series[];
  /** Of the 24 columns. */
  columns: 3 | 4 | 6 | 8 | 12 | 24;
  /** From where on it is amber, and red. */
  limits?: { amber: number; red: number };
}

export interface Series {
  expr: string;
  /** Of the labels that are left, `{{route}}`, or a word. */
  legend: string;
}

/** Grafana's names of units. */
export type Unit = 'short' | 's' | 'bytes' | 'Bps' | 'reqps' | 'ops' | 'percentunit' | 'dateTimeFromNow' | 'cps';
