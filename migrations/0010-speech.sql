-- Who speaks when, and what was said.
create extension if not exists unaccent;

-- French words without accents: `unaccent` filters, then the stemmer reads what it leaves.
create text search configuration robian_fr (copy = french);
alter text search configuration robian_fr
  alter mapping for asciiword, asciihword, hword_asciipart, word, hword, hword_part with unaccent, french_stem;

alter table debates
  add column sitting_start_origin text check (sitting_start_origin in ('player', 'record', 'captions', 'silence')),
  -- False while the agenda says only that the meeting may take place.
  add column is_certain boolean not null default true;

-- The register's public face for the joins of other rooms; its table stays its own.
create view listed_debates as
  select id, source, source_ref, meeting_id, title, type, sitting_state, day, starts_at, sorts_at, duration_seconds,
    commission, commission_key, facts_sha256, updated_at
  from debates where sitting_state <> 'withdrawn';

-- Documents as last seen, kept whole so that all that is derived can be derived again without asking for them.
create table speech_documents (
  debate_id text not null references debates (id) on delete cascade,
  document text not null check (document in ('player', 'captions', 'record')),
  url text not null,
  fetched_at timestamptz(3) not null,
  sha256 text not null,
  etag text,
  last_modified text,
  -- What was read out of it, as JSON, compressed by gzip.
  content bytea not null,
  primary key (debate_id, document)
);

-- What was derived for a debate, from what, and when its documents are looked at again.
create table speech_debates (
  debate_id text primary key references debates (id) on delete cascade,
  -- Hash of all that it was derived from, the rules included: the same again derives and writes nothing.
  built_from text not null,
  -- What the register said then, to see cheaply that it says something else now.
  facts_sha256 text not null,
  sorts_at timestamptz(3) not null,
  duration_seconds double precision,
  chapters jsonb not null,
  suspensions jsonb not null,
  -- Of all that was said and timed, the chair included.
  total_speaking_ms integer not null,
  timed_share double precision not null,
  word_source text check (word_source in ('record', 'captions', 'record+captions')),
  -- Null: left alone.
  next_check_at timestamptz(3),
  checked_at timestamptz(3) not null,
  updated_at timestamptz(3) not null default now()
);
create index speech_debates_next_check on speech_debates (next_check_at) where next_check_at is not null;

create index speech_debates_by_updated on speech_debates (updated_at, debate_id);

create table cues (
  debate_id text not null references debates (id) on delete cascade,
  position integer not null,
  starts_at_ms integer,
  ends_at_ms integer,
  kind text not null,
  source text not null,
  speaker_name text,
  speaker_role text,
  -- PA… as the record names them; null for who is in no directory.
  person_id text,
  is_chair boolean not null default false,
  -- Of the person on that day.
  group_id text,
  text text not null,
  -- The debate's, so that hits come newest first without a sort.
  sorts_at timestamptz(3) not null,
  -- The stems of what was said, and who said it: one index answers "these words by this person".
  -- `@` begins no word of a text, so nobody finds these marks by typing them.
  words tsvector generated always as (
    case when kind in ('heading', 'stage-direction') then null
    else to_tsvector('robian_fr', text)
      || array_to_tsvector(array_remove(array['@' || person_id, '@' || group_id], null))
    end
  ) stored,
  primary key (debate_id, position)
);
-- Without the pending list, whose length would decide how long a search takes.
create index cues_words on cues using gin (words) with (fastupdate = off);
create index cues_newest on cues (sorts_at, debate_id, position) where words is not null;
create index cues_person on cues (person_id, sorts_at, debate_id, position) where person_id is not null;
-- A thousand lexemes are told apart by frequency at 100; the planner must know the common words of the house.
alter table cues alter column words set statistics 500;

-- Turns: one person with the floor, whoever interrupts.
create table speeches (
  debate_id text not null references debates (id) on delete cascade,
  position integer not null,
  -- In `people`.
  speaker_id text,
  speaker_name text not null,
  speaker_role text,
  group_id text,
  starts_at_ms integer,
  ends_at_ms integer,
  -- Null where nothing tells how long: a chapter names who spoke, not for how long.
  speaking_ms integer,
  -- Its cues; both null for one that only a chapter tells of.
  first_cue integer,
  last_cue integer,
  -- The chapter it stands in, or that tells of it.
  chapter_label text,
  beginning text,
  source text not null check (source in ('record', 'chapters')),
  sorts_at timestamptz(3) not null,
  primary key (debate_id, position)
);
create index speeches_speaker on speeches (speaker_id, sorts_at, debate_id, position) where speaker_id is not null;

create table speaking_times (
  debate_id text not null references debates (id) on delete cascade,
  -- In the order of speaking time, longest first.
  position integer not null,
  speaker_id text,
  speaker_name text not null,
  group_id text,
  speaking_ms integer not null,
  interrupting_ms integer not null,
  chairing_ms integer not null,
  turns integer not null,
  primary key (debate_id, position)
);
create index speaking_times_speaker on speaking_times (speaker_id) where speaker_id is not null;

-- What debates were about, for suggestions: titles of chapters and themes, each once.
create table subjects (
  -- Without accents and case.
  key text collate "C" primary key,
  label text not null,
  last_at timestamptz(3) not null
);
create index subjects_search on subjects using gin (key gin_trgm_ops);

-- People: the Assembly's directory, and those whom only debates name (`nom-…`, or a PA number in no dump).
-- No contact data is ever stored.
create table people (
  id text primary key,
  civility text,
  first_name text not null,
  last_name text not null,
  -- Last name first, without accents and case: the order of lists, and what names are searched in.
  sort_key text collate "C" not null,
  name_key text not null,
  role text,
  died_on date,
  in_directory boolean not null,
  sha256 text not null,
  updated_at timestamptz(3) not null default now()
);
create index people_by_name on people (sort_key, id);
create index people_search on people using gin (name_key gin_trgm_ops);

create table organs (
  id text primary key,
  type text not null,
  name text not null,
  short_name text,
  abbreviation text,
  parent_id text,
  legislature integer,
  starts_on date,
  ends_on date,
  color text,
  sha256 text not null,
  updated_at timestamptz(3) not null default now()
);
create index organs_by_type on organs (type);

create table mandates (
  id text primary key,
  person_id text not null,
  organ_type text not null,
  -- Usually one.
  organ_ids text[] not null,
  legislature integer,
  starts_on date,
  ends_on date,
  role text,
  constituency jsonb,
  sha256 text not null,
  updated_at timestamptz(3) not null default now()
);
create index mandates_of_person on mandates (person_id);
create index mandates_of_organ on mandates using gin (organ_ids);

-- The doorman's: dumps of the open data as last taken whole; an unchanged one is not downloaded again.
create table open_data_dumps (
  name text primary key,
  url text not null,
  validator text,
  taken_at timestamptz(3) not null
);
