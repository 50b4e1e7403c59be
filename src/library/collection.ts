export interface Collection {
  id: string;
  name: string;
  description: string;
  /** From 1, in the listener's own order. */
  position: number;
  debateCount: number;
  /** Null: not shared. */
  shareToken: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface Entry {
  debateId: string;
  /** From 1. */
  position: number;
  addedAt: Date;
}
