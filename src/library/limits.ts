/** The whole legislature has about 10,000 recordings: nobody keeps more of them than there are. */
export const FAVORITES_MAX = 10_000;
export const POSITIONS_MAX = 10_000;

/** A screen of an app shows 20; 500 are a reader's whole desk. */
export const COLLECTIONS_MAX = 500;
/** A commission of inquiry holds some 200 hearings; this is ten of them in one collection, answered in one piece (600 kB). */
export const COLLECTION_DEBATES_MAX = 2_000;
/** In all collections of one account together, so that an export stays some megabytes. */
export const ENTRIES_MAX = 20_000;

/** A phone that says every 10 s where it is, offline for an evening, sends one batch. */
export const BATCH_MAX = 500;
/** What a listener may want to go back to; an hour of listening tells about this many times where it is. */
export const HISTORY_MAX = 50;
/** In all debates of one account together: an export of 3 MB. */
export const HISTORY_TOTAL_MAX = 20_000;
/** No sitting was ever longer: three days and nights, in ms. */
export const POSITION_MAX_MS = 259_200_000;
