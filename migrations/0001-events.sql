-- What happened, numbered: written in the transaction of the change itself, read by every consumer from the number it knows.
create table events (
  id bigint generated always as identity primary key,
  type text not null,
  channel text not null,
  data jsonb not null,
  created_at timestamptz not null default now()
);
create index events_channel on events (channel, id);
create index events_created_at on events (created_at);
