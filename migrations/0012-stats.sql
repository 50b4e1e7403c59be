-- Who listens to what, in counts. Nothing here says which listener without an account heard what (docs/STATISTICS.md).

-- Plays of each debate. A trend is the base-2 logarithm of a score in which every play loses half its weight in a fixed time,
-- measured so that it changes with plays only: the order of debates needs no look at the clock, and an index keeps it.
create table play_scores (
  debate_id text primary key references debates (id) on delete cascade,
  plays bigint not null,
  trend_day double precision not null,
  trend_week double precision not null,
  trend_month double precision not null
);
create index play_scores_day on play_scores (trend_day desc, debate_id);
create index play_scores_week on play_scores (trend_week desc, debate_id);
create index play_scores_month on play_scores (trend_month desc, debate_id);

-- How many different listeners a day (UTC) had: a sketch (HyperLogLog) from which no listener can be told.
create table listener_days (
  day date primary key,
  registers bytea not null,
  listeners integer not null
);

-- Which minutes of a debate an account heard: bit 0 is the first. No sitting was ever longer than three days.
create table heard_minutes (
  account_id text not null references accounts (id) on delete cascade,
  debate_id text not null references debates (id),
  minutes bit(4320) not null,
  heard_at timestamptz(3) not null,
  primary key (account_id, debate_id)
);
create index heard_minutes_latest on heard_minutes (account_id, heard_at desc);

-- Days in Paris on which an account listened.
create table listening_days (
  account_id text not null references accounts (id) on delete cascade,
  day date not null,
  primary key (account_id, day)
);

-- The speech room's public face for the joins of other rooms: who has the floor when, where that is known.
create view timed_speeches as
  select debate_id, position, speaker_id, speaker_name, starts_at_ms, ends_at_ms
  from speeches
  where speaker_id is not null and starts_at_ms is not null and ends_at_ms > starts_at_ms;

-- What administrators say of a debate, over what its source says.
alter table debates
  -- By column; the source's own words for the same columns wait in `observed` for as long as there are any.
  add column corrections jsonb not null default '{}',
  add column observed jsonb,
  -- Withdrawn by an administrator: no source brings it back.
  add column is_withheld boolean not null default false;
