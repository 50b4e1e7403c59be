import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { textKey } from '../debates/index.ts';
import type { Db } from '../platform/database/index.ts';
import type { DebateType } from '../sources/index.ts';
import type { Place } from './place-cursor.ts';
import type { SpeechTables } from './tables.ts';

export interface SpeakersFilter {
  q?: string | undefined;
  /** `PO…`: members of that group today. */
  groupId?: string | undefined;
  /** Only those who sit in the Assembly today, or only those who do not. */
  inOffice?: boolean | undefined;
  /** Only those who spoke in a debate we know, or only those who did not. */
  hasSpeeches?: boolean | undefined;
}

export interface SpeakerRow {
  id: string;
  civility: string | null;
  firstName: string;
  lastName: string;
  sortKey: string;
  role: string | null;
  inDirectory: boolean;
  groupId: string | null;
  groupName: string | null;
  groupShortName: string | null;
  groupColor: string | null;
  constituency: { department: string | null; departmentCode: string | null; number: number | null } | null;
  inOffice: boolean;
}

export interface SpeechRow {
  debateId: string;
  position: number;
  sortsAt: Date;
  debateTitle: string;
  debateDay: string;
  debateType: DebateType;
  commission: string | null;
  speakerName: string;
  speakerRole: string | null;
  groupId: string | null;
  startsAtMs: number | null;
  endsAtMs: number | null;
  speakingMs: number | null;
  chapterLabel: string | null;
  beginning: string | null;
  source: 'record' | 'chapters';
}

/** A mandate of the kind named that lasts on that day. */
const inForce = (alias: string, organType: string, day: string): RawBuilder<SqlBool> => sql`
  ${sql.ref(`${alias}.organ_type`)} = ${organType}
  and coalesce(${sql.ref(`${alias}.starts_on`)} <= ${day}::date, true)
  and coalesce(${sql.ref(`${alias}.ends_on`)} >= ${day}::date, true)`;

export function createSpeakersStore(db: Db) {
  const tables = db.withTables<SpeechTables>();

  return {
    list: async (
      filter: SpeakersFilter,
      today: string,
      limit: number,
      from: { offset: number } | { sortKey: string; id: string },
    ): Promise<SpeakerRow[]> => {
      const after = 'offset' in from ? sql`true` : sql`(p.sort_key, p.id) > (${from.sortKey}, ${from.id}::text)`;
      const offset = 'offset' in from ? from.offset : 0;
      const page = sql`select * from people p where ${where(filter, today)} and ${after}
        order by p.sort_key, p.id limit ${limit} offset ${offset}`;
      return (await described(page, today).execute(tables)).rows;
    },

    count: async (filter: SpeakersFilter, today: string): Promise<number> => {
      const { rows } = await sql<{ total: number }>`
        select count(*) as total from people p where ${where(filter, today)}`.execute(tables);
      return rows[0]?.total ?? 0;
    },

    find: async (id: string, today: string): Promise<SpeakerRow | undefined> => {
      const { rows } = await described(sql`select * from people p where p.id = ${id}`, today).execute(tables);
      return rows[0];
    },

    /** Groups, commissions and offices, latest first. */
    mandates: async (personId: string) => {
      const { rows } = await sql<{
        organType: string;
        organId: string;
        name: string | null;
        shortName: string | null;
        color: string | null;
        role: string | null;
        legislature: number | null;
        startsOn: string | null;
        endsOn: string | null;
      }>`
        select m.organ_type as "organType", organ_id as "organId", o.name, o.short_name as "shortName", o.color, m.role,
          m.legislature, m.starts_on as "startsOn", m.ends_on as "endsOn"
        from mandates m cross join unnest(m.organ_ids) as organ_id left join organs o on o.id = organ_id
        where m.person_id = ${personId}
        order by m.starts_on desc nulls last, m.id limit ${MAX_MANDATES}`.execute(tables);
      return rows;
    },

    /** What follows from stored speaking times and speeches of debates that are shown. */
    stats: async (personId: string) => {
      const { rows } = await sql<{
        debates: number;
        speakingMs: number;
        interruptingMs: number;
        chairingMs: number;
        turns: number;
        speeches: number;
      }>`
        select count(*) as debates, coalesce(sum(t.speaking_ms), 0) as "speakingMs",
          coalesce(sum(t.interrupting_ms), 0) as "interruptingMs", coalesce(sum(t.chairing_ms), 0) as "chairingMs",
          coalesce(sum(t.turns), 0) as turns,
          (select count(*) from speeches s join listed_debates d on d.id = s.debate_id where s.speaker_id = ${personId})
            as speeches
        from speaking_times t join listed_debates d on d.id = t.debate_id
        where t.speaker_id = ${personId}`.execute(tables);
      return rows[0];
    },

    /** Newest first. */
    speeches: async (personId: string, limit: number, from: { offset: number } | Place): Promise<SpeechRow[]> => {
      const after =
        'offset' in from
          ? sql`true`
          : sql`(s.sorts_at, s.debate_id, s.position) < (${from.sortsAt}::timestamptz, ${from.debateId}::text, ${from.position}::integer)`;
      const { rows } = await sql<SpeechRow>`
        select s.debate_id as "debateId", s.position, s.sorts_at as "sortsAt", d.title as "debateTitle",
          d.day as "debateDay", d.type as "debateType", d.commission, s.speaker_name as "speakerName",
          s.speaker_role as "speakerRole", s.group_id as "groupId", s.starts_at_ms as "startsAtMs",
          s.ends_at_ms as "endsAtMs", s.speaking_ms as "speakingMs", s.chapter_label as "chapterLabel", s.beginning,
          s.source
        from speeches s join listed_debates d on d.id = s.debate_id
        where s.speaker_id = ${personId} and ${after}
        order by s.sorts_at desc, s.debate_id desc, s.position desc
        limit ${limit} offset ${'offset' in from ? from.offset : 0}`.execute(tables);
      return rows;
    },
  };
}

/** The longest career has some hundred. */
const MAX_MANDATES = 500;

function where(filter: SpeakersFilter, today: string): RawBuilder<SqlBool> {
  const all: RawBuilder<SqlBool>[] = [sql`true`];
  for (const word of textKey(filter.q ?? '').split(' ')) {
    if (word !== '') all.push(sql`p.name_key like ${`%${word}%`}`);
  }
  // Punctuation alone names nobody.
  if (filter.q !== undefined && textKey(filter.q) === '') all.push(sql`false`);
  if (filter.groupId !== undefined) {
    all.push(sql`exists (select from mandates m where m.person_id = p.id and m.organ_ids @> ${[filter.groupId]}::text[]
      and ${inForce('m', 'GP', today)})`);
  }
  if (filter.inOffice !== undefined) {
    const sits = sql`exists (select from mandates m where m.person_id = p.id and ${inForce('m', 'ASSEMBLEE', today)})`;
    all.push(filter.inOffice ? sql`${sits}` : sql`not ${sits}`);
  }
  if (filter.hasSpeeches !== undefined) {
    const spoke = sql`exists (select from speeches s where s.speaker_id = p.id)`;
    all.push(filter.hasSpeeches ? sql`${spoke}` : sql`not ${spoke}`);
  }
  return sql.join(all, sql` and `);
}

/** People with today's group and constituency, in the order of their names. */
function described(people: RawBuilder<unknown>, today: string): RawBuilder<SpeakerRow> {
  return sql`
    select p.id, p.civility, p.first_name as "firstName", p.last_name as "lastName", p.sort_key as "sortKey", p.role,
      p.in_directory as "inDirectory", o.id as "groupId", o.name as "groupName", o.short_name as "groupShortName",
      o.color as "groupColor", seat.constituency, seat.person_id is not null as "inOffice"
    from (${people}) p
    left join lateral (
      select m.organ_ids[1] as organ_id from mandates m
      where m.person_id = p.id and ${inForce('m', 'GP', today)} order by m.starts_on desc nulls last limit 1
    ) g on true
    left join organs o on o.id = g.organ_id
    left join lateral (
      select m.person_id, m.constituency from mandates m
      where m.person_id = p.id and ${inForce('m', 'ASSEMBLEE', today)} order by m.starts_on desc nulls last limit 1
    ) seat on true
    order by p.sort_key, p.id`;
}
