-- How loud the beginning of a recording is, as measured once on the stored file: what tells where the sitting starts when nothing
-- that is published does. Kept, so that another rule needs no other measurement.
create table opening_levels (
  debate_id text primary key references debates (id) on delete cascade,
  -- Of the bytes that were listened to: a file that takes their place is listened to again.
  audio_sha256 text not null,
  -- One a second, in whole dB below full scale.
  levels_db smallint[] not null,
  measured_at timestamptz(3) not null
);
-- The opening that a debate's start was derived with.
alter table speech_debates add column opening_sha256 text;
