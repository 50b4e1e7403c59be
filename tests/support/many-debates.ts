import { sql } from 'kysely';
import { factsOfRecording } from '../../src/debates/facts.ts';
import type { Db } from '../../src/platform/database/index.ts';
import type { randomSpeech } from './random-speech.ts';

/** Twenty years of sittings, however many there are. */
const FIRST_MS = Date.UTC(2006, 0, 1);
const SPAN_DAYS = 20 * 365;
const SPAN_MS = SPAN_DAYS * 86_400_000;
const COMMISSIONS = 40;
const SPEAKERS = 2_000;
const TITLE_WORDS = 8;
const DESCRIPTION_WORDS = 30;
const SPEAKERS_A_DEBATE = 5;
/** Rows of an insert: some megabytes. */
const BATCH = 500;
const TYPES = ['seance_publique', 'commission', 'audition', 'question_gouvernement', 'autre'] as const;
/** Any whole number that shares no factor with the number of debates scatters them in time. */
const STRIDE = 7_919;

type Speech = ReturnType<typeof randomSpeech>;

/** Invented debates number `from`..`to` of `of`, with words as unevenly frequent as real ones. */
export async function insertManyDebates(db: Db, speech: Speech, from: number, to: number, of: number): Promise<void> {
  for (let first = from; first < to; first += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, to - first) }, (_, index) => row(speech, first + index, of));
    await sql`insert into debates (id, sitting_state, source, source_ref, title, title_key, description, type, day, starts_at,
        sorts_at, commission, commission_key, place, legislature, tags, speakers, speaker_ids, speaker_keys, search_text,
        facts_sha256)
      select id, 'ended', source, source_ref, title, title_key, description, type, day, starts_at, sorts_at, commission,
        commission_key, place, legislature, tags, speakers, speaker_ids, speaker_keys, search_text, facts_sha256
      from jsonb_populate_recordset(null::debates, ${JSON.stringify(rows)}::jsonb)`.execute(db);
  }
}

function row(speech: Speech, number: number, of: number) {
  const id = `${10_000_000 + number}_bench`;
  const startsAt = new Date(FIRST_MS + Math.floor((((number * STRIDE) % of) / of) * SPAN_MS));
  const commission = number % 3 === 0 ? null : `Commission ${speech.commission(COMMISSIONS)}`;
  const speakers = Array.from({ length: SPEAKERS_A_DEBATE }, (_, place) => {
    const who = speech.below(SPEAKERS);
    return { id: `s${place}`, name: `Mme ${speech.nameOf(who)}`, personId: `PA${1_000 + who}`, role: null };
  });
  const facts = factsOfRecording({
    ...speech.debate(id, startsAt),
    type: TYPES[number % TYPES.length] ?? 'autre',
    title: speech.words(TITLE_WORDS),
    description: speech.words(DESCRIPTION_WORDS),
    commission,
    tags: [speech.word(0, 60)],
    speakers,
  });
  return { id, ...facts, speakers: JSON.parse(String(facts.speakers)), chapters: [], media: [] };
}

/**
 * Each debate again so many times, at other times of the same twenty years: so every question has as many times more hits.
 * What the triggers would write is written beside them, which takes minutes less; `insertManyDebates` passes by them.
 */
export async function repeatDebates(db: Db, times: number): Promise<void> {
  const columns = sql.raw(
    `source, title, title_key, description, type, sitting_state, commission, commission_key, place, legislature, tags, speakers,
     speaker_ids, speaker_keys, search_text, facts_sha256`,
  );
  const moved = (column: string) =>
    sql`timestamptz '2006-01-01Z' + (${sql.ref(column)} - timestamptz '2006-01-01Z' + n * interval '397 days 5 hours')
      - case when ${sql.ref(column)} + n * interval '397 days 5 hours' >= timestamptz '2006-01-01Z' + ${sql.lit(SPAN_DAYS)} * interval '1 day'
        then ${sql.lit(SPAN_DAYS)} * interval '1 day' else interval '0' end`;
  await db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx);
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`insert into debates (id, source_ref, day, starts_at, sorts_at, ${columns})
      select n || '_' || id, n || '_' || id, (${moved('sorts_at')})::date, ${moved('sorts_at')}, ${moved('sorts_at')}, ${columns}
      from debates, generate_series(1, ${sql.lit(times - 1)}) n`.execute(trx);
    await sql`insert into debate_search (debate_id, sorts_at, day, words, marks, type, year, commission, people)
      select d.id, d.sorts_at, d.day, s.words,
        array(select mark from unnest(s.marks) mark where mark !~ '^([my]:|~)') || array_remove(array[
          to_char(d.sorts_at at time zone 'UTC', '"m:"YYYY-MM'), to_char(d.sorts_at at time zone 'UTC', '"y:"YYYY'),
          case when draw % 8 = 0 then '~3' end, case when draw % 64 = 0 then '~6' end, case when draw % 512 = 0 then '~9' end
        ], null), s.type, extract(year from d.day), s.commission, s.people
      from debate_search s, generate_series(1, ${sql.lit(times - 1)}) n,
        lateral (select * from debates where id = n || '_' || s.debate_id) d,
        lateral (select ('x' || substr(md5(d.id), 1, 4))::bit(16)::integer as draw) drawn`.execute(trx);
  });
}
