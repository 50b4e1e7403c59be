-- Renditions: which bytes (by hash) a debate can be heard from. The bytes themselves stand in the storage under their hash.
create table audio_files (
  id uuid primary key default gen_random_uuid(),
  debate_id text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  format text not null check (format in ('mp3', 'm4a')),
  mime text not null,
  size_bytes bigint not null check (size_bytes > 0),
  duration_seconds double precision not null check (duration_seconds > 0),
  bitrate_kbps integer not null,
  sample_rate_hz integer not null,
  channels integer not null,
  origin text not null check (origin in ('published', 'copied', 're-encoded')),
  source_url text not null,
  -- staged: the bytes may not be in place yet; ready: verified, servable; retired: never served again.
  state text not null check (state in ('staged', 'ready', 'retired')),
  created_at timestamptz not null default now(),
  verified_at timestamptz,
  retired_at timestamptz,
  retire_reason text,
  check ((state = 'retired') = (retired_at is not null))
);

-- One answer to "what does this debate sound like in this format".
create unique index audio_files_ready on audio_files (debate_id, format, origin) where state = 'ready';
-- Publishing the same bytes twice is one row, however many processes try.
create unique index audio_files_live on audio_files (debate_id, format, origin, sha256) where state <> 'retired';
create index audio_files_sha256 on audio_files (sha256, format);
create index audio_files_staged on audio_files (created_at) where state = 'staged';
