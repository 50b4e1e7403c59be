-- Backups that were taken, so that every process can say how old the last one is, whoever took it.
create table backups (
  name text primary key,
  taken_at timestamptz(3) not null,
  finished_at timestamptz(3) not null,
  stored_bytes bigint not null
);
create index backups_finished on backups (finished_at desc);
