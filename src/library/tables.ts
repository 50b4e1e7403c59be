import type { Generated } from 'kysely';

export type LibraryTables = {
  favorites: { account_id: string; debate_id: string; created_at: Generated<Date> };
  collections: {
    id: string;
    account_id: string;
    name: string;
    description: string;
    position: number;
    share_token: string | null;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  collection_debates: { collection_id: string; debate_id: string; position: number; added_at: Generated<Date> };
  playback_positions: {
    account_id: string;
    debate_id: string;
    position_ms: number;
    finished: boolean;
    device_id: string;
    recorded_at: Date;
    heard_at: Date;
    furthest_ms: number;
    duration_ms: number | null;
    finished_at: Date | null;
    updated_at: Date;
  };
  playback_history: {
    account_id: string;
    debate_id: string;
    device_id: string;
    recorded_at: Date;
    heard_at: Date;
    position_ms: number;
    finished: boolean;
  };
};
