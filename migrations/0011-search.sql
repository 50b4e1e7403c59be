-- Search over debates. What is looked in stands in a narrow table of its own, kept by triggers in the transaction of the change.
-- Words as they are typed, without accents: for exact phrases and beginnings of words, which stems do not keep, and because the French stemmer
-- takes apart what belongs together (`loyer` is `loi` to it, `loyers` is not).
create text search dictionary robian_words (template = simple, stopwords = french);
create text search configuration robian_plain (copy = simple);
alter text search configuration robian_plain
  alter mapping for asciiword, asciihword, hword_asciipart, word, hword, hword_part, numword with unaccent, robian_words;

create table debate_search (
  debate_id text primary key references debates (id) on delete cascade,
  sorts_at timestamptz(3) not null,
  day date not null,
  -- Stems and whole words, with their weights: title A; commission, speakers, tags B; description C.
  words tsvector not null,
  -- Every fact that a filter may ask for exactly, as one word each, so that one index answers "these words among those":
  -- `t:` type, `s:` status, `l:` legislature, `c:` commission, `p:` person, `n:` speaker's name, `g:` tag, `a` sound,
  -- `w` transcript, `m:` and `y:` month and year in UTC,
  -- `~3`, `~6` and `~9` an eighth, a 64th and a 512th of all, always the same ones: samples to count in.
  marks text[] not null,
  -- What results are counted by.
  type text not null,
  year integer not null,
  commission text,
  -- `p:` or `n:` as in marks, one a speaker.
  people text[] not null
);
-- Without the pending list, whose length would decide how long a search takes.
create index debate_search_words on debate_search using gin (words, marks) with (fastupdate = off);
create index debate_search_newest on debate_search (sorts_at desc, debate_id desc);

-- Words that were ever written in the register, as they are written and without accents: what a mistyped word may have meant.
create table debate_terms (
  key text collate "C" primary key,
  label text not null,
  stem text collate "C" not null
);
create index debate_terms_stem on debate_terms (stem);
create index debate_terms_near on debate_terms using gin (key gin_trgm_ops);

-- Commissions and speakers, each once.
create table debate_names (
  kind text not null check (kind in ('commission', 'speaker')),
  -- Without accents and case.
  key text collate "C" not null,
  label text not null,
  -- `PA…`, of speakers who have one.
  person_id text,
  primary key (kind, key)
);
create index debate_names_holds on debate_names using gin (key gin_trgm_ops);
create index debate_names_person on debate_names (person_id) where person_id is not null;

-- Small words leave no lexeme but take a place, so that no phrase reaches from one text into the next.
create function debates_search_lexemes(line text) returns tsvector language sql as $$
  select to_tsvector('robian_fr', parted) || to_tsvector('robian_plain', parted)
  from (select replace('| ' || coalesce(line, ''), '|', 'de de de de de de de de') as parted) texts
$$;

create function debates_search_write() returns trigger language plpgsql as $$
declare
  line text[] := string_to_array(new.search_text, E'\n');
  -- 16 bits of the id, the same for ever.
  draw integer := ('x' || substr(md5(new.id), 1, 4))::bit(16)::integer;
  speakers_keys text[] := array_remove(string_to_array(new.speaker_keys, E'\n'), '');
begin
  if new.sitting_state = 'withdrawn' then
    delete from debate_search where debate_id = new.id;
    return null;
  end if;
  insert into debate_search (debate_id, sorts_at, day, words, marks, type, year, commission, people) values (
    new.id, new.sorts_at, new.day,
    setweight(debates_search_lexemes(line[1]), 'A')
      || setweight(debates_search_lexemes(concat_ws(' | ', line[2], line[3], line[4])), 'B')
      || setweight(debates_search_lexemes(line[5]), 'C'),
    array_remove(array[
      't:' || new.type, 's:' || new.status, 'l:' || new.legislature, 'c:' || new.commission_key,
      case when new.has_audio then 'a' end, case when new.has_transcript then 'w' end,
      to_char(new.sorts_at at time zone 'UTC', '"m:"YYYY-MM'), to_char(new.sorts_at at time zone 'UTC', '"y:"YYYY'),
      case when draw % 8 = 0 then '~3' end, case when draw % 64 = 0 then '~6' end, case when draw % 512 = 0 then '~9' end
    ], null)
      || array(select 'p:' || id from unnest(new.speaker_ids) id)
      || array(select 'n:' || key from unnest(speakers_keys) key)
      -- No filter is longer.
      || array(select 'g:' || left(tag, 200) from unnest(new.tags) tag),
    new.type, extract(year from new.day), new.commission,
    array(
      select distinct coalesce('p:' || (new.speakers -> (at::integer - 1) ->> 'personId'), 'n:' || key)
      from unnest(speakers_keys) with ordinality keys (key, at)
    )
  )
  on conflict (debate_id) do update set sorts_at = excluded.sorts_at, day = excluded.day, words = excluded.words,
    marks = excluded.marks, type = excluded.type, year = excluded.year, commission = excluded.commission,
    people = excluded.people;
  if tg_op = 'INSERT' or old.search_text is distinct from new.search_text then
    perform debates_search_learn(new);
  end if;
  return null;
end $$;

-- In the order of keys, so that two who write the same ones can never wait for each other.
create function debates_search_learn(debate debates) returns void language plpgsql as $$
begin
  insert into debate_terms (key, label, stem)
  select key, max(label collate "C"), array_to_string(tsvector_to_array(to_tsvector('robian_fr', key)), ' ')
  from (
    select unaccent(label) as key, label
    from unnest(tsvector_to_array(to_tsvector('simple', normalize(concat_ws(' ', debate.title, debate.description,
      debate.commission, array_to_string(debate.tags, ' '),
      (select string_agg(one ->> 'name', ' ') from jsonb_array_elements(debate.speakers) one)), NFC)))) label
  ) written
  -- Shorter ones have too many neighbours, longer ones are no words.
  where key ~ '^[a-z]{3,40}$'
  group by key order by key
  on conflict do nothing;
  insert into debate_names (kind, key, label, person_id)
  select 'commission', debate.commission_key, debate.commission, null
  where debate.commission_key <> ''
  on conflict do nothing;
  insert into debate_names (kind, key, label, person_id)
  select distinct on (key) 'speaker', key, debate.speakers -> (at::integer - 1) ->> 'name',
    debate.speakers -> (at::integer - 1) ->> 'personId'
  from unnest(string_to_array(debate.speaker_keys, E'\n')) with ordinality keys (key, at)
  where key <> '' and debate.speakers -> (at::integer - 1) ->> 'name' is not null
  order by key, at
  on conflict do nothing;
end $$;

-- Views and favourites change none of it; an observation that only repeats it does not either.
create trigger debates_search_insert after insert on debates for each row execute function debates_search_write();
create trigger debates_search_update after update on debates for each row
  when (
    (old.search_text, old.sitting_state, old.status, old.has_audio, old.has_transcript, old.type, old.legislature,
      old.sorts_at, old.day, old.commission, old.speakers, old.tags)
    is distinct from
    (new.search_text, new.sitting_state, new.status, new.has_audio, new.has_transcript, new.type, new.legislature,
      new.sorts_at, new.day, new.commission, new.speakers, new.tags)
  )
  execute function debates_search_write();

-- `search_text` from here on: title, commission, speakers, tags, description, a line each, a space before and after.
-- Those of before are brought to it as well as the database can; the product writes them anew when it next sees them.
update debates set search_text = concat_ws(E'\n',
  ' ' || title_key || ' ',
  ' ' || coalesce(commission_key, '') || ' ',
  ' ' || replace(speaker_keys, E'\n', ' | ') || ' ',
  ' ' || lower(unaccent(array_to_string(tags, ' | '))) || ' ',
  ' ' || lower(unaccent(regexp_replace(description, '\W+', ' ', 'g'))) || ' ');

-- `q` of the list no longer looks in parts of words.
drop index debates_search;
