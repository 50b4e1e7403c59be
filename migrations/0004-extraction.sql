-- Runs: each time the sound of a debate was asked for, what became of it. The queue carries only their ids.
create table extraction_runs (
  id uuid primary key,
  debate_id text not null,
  format text not null check (format in ('mp3', 'm4a')),
  quality text not null check (quality in ('original')),
  -- 0 low, 1 normal, 2 high, 3 urgent.
  priority smallint not null check (priority between 0 and 3),
  state text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  step text check (step in ('fetching', 'copying', 'verifying', 'publishing')),
  source_kind text check (source_kind in ('mp3', 'hls', 'page', 'mp4')),
  bytes_done bigint not null default 0,
  bytes_total bigint,
  media_seconds_done double precision,
  media_seconds_total double precision,
  -- Percent; null while the whole is unknown.
  progress double precision check (progress between 0 and 100),
  eta_seconds integer,
  attempts integer not null default 0,
  -- Which sources failed, how often, and which are not to be tried again: the next worker goes on from there.
  source_failures jsonb not null default '[]',
  error_code text,
  error_params jsonb,
  audio_file_id uuid,
  requested_by text,
  -- Of one claim, not of one process: a worker that was given up for dead is a stranger to the run.
  worker_id text,
  heartbeat_at timestamptz,
  cancel_requested_at timestamptz,
  not_before timestamptz not null default now(),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null default now(),
  check ((state = 'running') = (worker_id is not null)),
  check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null))
);

-- Asking again for what is under way gives the run that is under way, whoever asks at the same moment.
create unique index extraction_runs_active on extraction_runs (debate_id, format, quality)
  where state in ('queued', 'running');
create index extraction_runs_debate on extraction_runs (debate_id, created_at desc);
create index extraction_runs_unfinished on extraction_runs (state, heartbeat_at) where state in ('queued', 'running');
