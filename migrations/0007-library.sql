-- What listeners keep: favourites, collections, where they were. All of it goes with the account, even what an eraser forgot.
create table favorites (
  account_id text not null references accounts (id) on delete cascade,
  debate_id text not null references debates (id),
  created_at timestamptz(3) not null default now(),
  primary key (account_id, debate_id)
);
create index favorites_newest on favorites (account_id, created_at desc, debate_id desc);

create table collections (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  name text not null,
  description text not null,
  -- From 1, without holes: the listener's own order.
  position integer not null,
  -- Who knows it may read the collection; null: not shared.
  share_token text unique,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- Checked at the end of each statement, so that one statement can move many.
  unique (account_id, position) deferrable
);

create table collection_debates (
  collection_id text not null references collections (id) on delete cascade,
  debate_id text not null references debates (id),
  -- From 1, without holes.
  position integer not null,
  added_at timestamptz(3) not null default now(),
  primary key (collection_id, debate_id),
  unique (collection_id, position) deferrable
);

-- Where a listener is in a debate: what all their devices said, merged (docs/POSITIONS.md).
create table playback_positions (
  account_id text not null references accounts (id) on delete cascade,
  debate_id text not null references debates (id),
  -- The latest thing said.
  position_ms bigint not null,
  finished boolean not null,
  device_id text not null,
  recorded_at timestamptz(3) not null,
  heard_at timestamptz(3) not null,
  -- The furthest ever heard, the longest duration told, the last time it was heard to the end.
  furthest_ms bigint not null,
  duration_ms bigint,
  finished_at timestamptz(3),
  -- When the row last changed here, for devices that ask for what is new.
  updated_at timestamptz(3) not null,
  primary key (account_id, debate_id)
);
create index playback_positions_updated on playback_positions (account_id, updated_at, debate_id);

-- The last things said of each, as they were said.
create table playback_history (
  account_id text not null references accounts (id) on delete cascade,
  debate_id text not null references debates (id),
  device_id text not null,
  -- By the device's clock.
  recorded_at timestamptz(3) not null,
  -- The same, but never after it reached us.
  heard_at timestamptz(3) not null,
  position_ms bigint not null,
  finished boolean not null,
  primary key (account_id, debate_id, device_id, recorded_at)
);
create index playback_history_newest on playback_history (account_id, heard_at desc);
