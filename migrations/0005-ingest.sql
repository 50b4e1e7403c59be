-- Where and when the register's facts were last seen to change, and what is sent back so that the unchanged costs nothing.
create table observations (
  source text not null,
  -- The source's id of the recording; the meeting's id for a line of the programme.
  ref text not null,
  document text not null check (document in ('facts', 'announcement', 'withdrawal')),
  debate_id text not null references debates (id) on delete cascade,
  url text not null,
  fetched_at timestamptz(3) not null,
  sha256 text,
  etag text,
  last_modified text,
  -- The understanding of documents under which it was read: a newer one reads all of them again.
  reading integer not null,
  -- Since when the source says that a sitting on the air has ended; null when it does not say so, or is believed.
  end_seen_at timestamptz(3),
  primary key (source, ref, document)
);
create index observations_debate on observations (debate_id);
