-- The register: one row a debate, for ever under the id by which it was first seen.
create extension if not exists pg_trgm;

create table debates (
  id text primary key,
  source text not null,
  -- The source's id of the recording; null while the sitting is only announced.
  source_ref text,
  meeting_id text,
  title text not null,
  -- Accents and case removed by the product, so that order and search are the same on every server's locale.
  title_key text collate "C" not null,
  description text not null,
  type text not null,
  source_type text,
  sitting_state text not null check (sitting_state in ('announced', 'live', 'ended', 'withdrawn')),
  -- The extraction's state, as its room reports it: null when none was ever asked.
  run_state text check (run_state in ('active', 'failed')),
  has_audio boolean not null default false,
  has_transcript boolean not null default false,
  status text not null generated always as (
    case
      when sitting_state = 'announced' then 'programme'
      when sitting_state = 'live' then 'en_cours'
      when has_audio then 'disponible'
      when run_state = 'active' then 'extraction'
      when run_state = 'failed' then 'erreur'
      else 'termine'
    end
  ) stored,
  -- The day in Paris.
  day date not null,
  starts_at timestamptz(3),
  -- starts_at, or the beginning of the day where no hour is known.
  sorts_at timestamptz(3) not null,
  duration_seconds double precision,
  commission text,
  commission_key text,
  place text,
  legislature integer,
  session text,
  page_url text,
  video_url text,
  report_url text,
  thumbnail_url text,
  live_url text,
  tags text[] not null default '{}',
  speakers jsonb not null default '[]',
  speaker_ids text[] not null default '{}',
  -- Their names without accents and case, one a line.
  speaker_keys text not null default '',
  chapters jsonb not null default '[]',
  media jsonb not null default '[]',
  sitting_starts_at_ms integer,
  view_count bigint not null default 0,
  favorite_count bigint not null default 0,
  -- What `q` looks in: title, description, commission, speakers, without accents and case.
  search_text text not null,
  -- Of the facts as last seen: an observation that says the same writes nothing.
  facts_sha256 text not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  withdrawn_at timestamptz(3)
);

create index debates_by_date on debates (sorts_at desc, id desc) where sitting_state <> 'withdrawn';
create index debates_by_updated on debates (updated_at desc, id desc) where sitting_state <> 'withdrawn';
create index debates_by_created on debates (created_at desc, id desc) where sitting_state <> 'withdrawn';
create index debates_by_title on debates (title_key, id) where sitting_state <> 'withdrawn';
create index debates_by_duration on debates (coalesce(duration_seconds, -1), id) where sitting_state <> 'withdrawn';
create index debates_by_views on debates (view_count, id) where sitting_state <> 'withdrawn';
create index debates_by_day on debates (day);
create index debates_by_meeting on debates (meeting_id) where meeting_id is not null;
create index debates_by_status on debates (status, sorts_at desc);
create index debates_search on debates using gin (search_text gin_trgm_ops);
create index debates_speaker_ids on debates using gin (speaker_ids);
create index debates_speaker_keys on debates using gin (speaker_keys gin_trgm_ops);
create index debates_tags on debates using gin (tags);

-- Every id by which a debate was ever known, its own included: all answer the same debate.
create table debate_aliases (
  alias text primary key,
  debate_id text not null references debates (id) on delete cascade
);
create index debate_aliases_debate on debate_aliases (debate_id);
