import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { textKey } from '../debates/index.ts';
import type { Db, Trx } from '../platform/database/index.ts';
import type { Mandate, Organ, Person } from '../portal/index.ts';
import { jsonOf } from './json-of.ts';
import type { SpeechTables } from './tables.ts';

/** A piece of a dump of the directory. */
export interface DirectoryItems {
  people: Person[];
  mandates: Mandate[];
  organs: Organ[];
}

export interface DirectoryOutcome {
  /** Rows that were new or other than before. */
  written: number;
  /** People whose mandates changed: their groups on past days may be others now. */
  changedPeople: string[];
}

interface Appearance {
  debateId: string;
  personId: string;
  day: string;
}

/** Tables that keep the group of a person on the day of a debate, and how they call the person. */
const GROUPED = [
  ['cues', 'person_id'],
  ['speeches', 'speaker_id'],
  ['speaking_times', 'speaker_id'],
] as const;

type DirectoryTable = 'people' | 'organs' | 'mandates';
type Row = Record<string, unknown> & { id: string; sha256: string };

export function createDirectoryStore(db: Db) {
  const tables = db.withTables<SpeechTables>();

  return {
    /**
     * Takes a piece of a dump; what is already known is not written again. `only` takes what is unknown yet and leaves
     * the rest: for a dump that knows less than another.
     */
    save: async (items: DirectoryItems, only: 'all' | 'unknown'): Promise<DirectoryOutcome> => {
      const mandates = [...items.mandates, ...items.people.flatMap((person) => person.mandates)];
      return db.transaction().execute(async (trx) => {
        const changed = await upsert(trx, 'mandates', mandates.map(mandateRow), only);
        const people = await upsert(trx, 'people', items.people.map(personRow), only);
        const organs = await upsert(trx, 'organs', items.organs.map(organRow), only);
        const owners = new Map(mandates.map(({ id, personId }) => [id, personId]));
        const changedPeople = [...new Set(changed.flatMap((id) => owners.get(id) ?? []))];
        return { written: changed.length + people.length + organs.length, changedPeople };
      });
    },

    /** Every organ: some ten thousand since 1958. */
    organNames: async (): Promise<Map<string, string>> => {
      const rows = await tables.selectFrom('organs').select(['id', 'name']).execute();
      return new Map(rows.map(({ id, name }) => [id, name]));
    },

    /** The debates in which some people speak, with their Paris day. */
    appearances: async (personIds: readonly string[]): Promise<Appearance[]> => {
      const { rows } = await sql<Appearance>`
        select s.debate_id as "debateId", s.speaker_id as "personId", d.day::text as day
        from (
          select debate_id, speaker_id from speaking_times where speaker_id = any(${[...personIds]}::text[])
          union select debate_id, speaker_id from speeches where speaker_id = any(${[...personIds]}::text[])
        ) s join listed_debates d on d.id = s.debate_id`.execute(tables);
      return rows;
    },

    /** Corrects the groups of people in debates that are already there; says how many rows were other. */
    setGroups: async (groups: readonly (Omit<Appearance, 'day'> & { groupId: string | null })[]): Promise<number> => {
      let changed = 0;
      for (const [table, person] of GROUPED) {
        const { numAffectedRows } = await sql`
          update ${sql.table(table)} t set group_id = g."groupId"
          from jsonb_to_recordset(${jsonOf(groups)}::jsonb) as g("debateId" text, "personId" text, "groupId" text)
          where t.debate_id = g."debateId" and t.${sql.ref(person)} = g."personId"
            and t.group_id is distinct from g."groupId"`.execute(tables);
        changed += Number(numAffectedRows ?? 0n);
      }
      return changed;
    },

    /** The mandates in political groups of some people, by person. */
    groupMandates: async (personIds: readonly string[]): Promise<Map<string, Mandate[]>> => {
      if (personIds.length === 0) return new Map();
      const rows = await tables
        .selectFrom('mandates')
        .selectAll()
        .where('person_id', 'in', [...personIds])
        .where('organ_type', '=', 'GP')
        .execute();
      const mandates = rows.map((row) => ({
        id: row.id,
        personId: row.person_id,
        organType: row.organ_type,
        organIds: row.organ_ids,
        legislature: row.legislature,
        startsOn: row.starts_on,
        endsOn: row.ends_on,
        role: row.role,
        constituency: row.constituency,
      }));
      return Map.groupBy(mandates, ({ personId }) => personId);
    },
  };
}

/** Writes rows that are new or other than before; their ids. A row that is the same is not even locked. */
async function upsert(
  trx: Trx,
  table: DirectoryTable,
  rows: readonly Row[],
  only: 'all' | 'unknown',
): Promise<string[]> {
  // A dump that holds one thing twice must not stop there: the last one counts.
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
  const [first] = unique;
  if (first === undefined) return [];
  const names = Object.keys(first);
  const columns = sql.join(names.map((name) => sql.ref(name)));
  const changes = sql.join(
    [...names.filter((name) => name !== 'id'), 'updated_at'].map(
      (name) => sql`${sql.ref(name)} = ${name === 'updated_at' ? sql`now()` : sql.ref(`excluded.${name}`)}`,
    ),
  );
  const target = sql.table(table);
  // The few whom only debates had named have no hash: any dump knows them better.
  const known = only === 'unknown' ? sql`t.sha256 <> ''` : sql`t.sha256 = r.sha256`;
  const { rows: written } = await sql<{ id: string }>`
    insert into ${target} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${target}, ${jsonOf(unique)}::jsonb) r
    where not exists (select from ${target} t where t.id = r.id and ${known})
    on conflict (id) do update set ${changes} returning id`.execute(trx);
  return written.map(({ id }) => id);
}

function personRow(person: Person): Row {
  const { id, civility, firstName, lastName, sortName, diedOn } = person;
  return hashed({
    id,
    civility,
    first_name: firstName,
    last_name: lastName,
    sort_key: textKey(`${sortName} ${firstName}`),
    name_key: textKey(`${firstName} ${lastName}`),
    role: null,
    died_on: diedOn,
    in_directory: true,
  });
}

function organRow(organ: Organ): Row {
  return hashed({
    id: organ.id,
    type: organ.type,
    name: organ.name,
    short_name: organ.shortName,
    abbreviation: organ.abbreviation,
    parent_id: organ.parentId,
    legislature: organ.legislature,
    starts_on: organ.startsOn,
    ends_on: organ.endsOn,
    color: organ.color,
  });
}

function mandateRow(mandate: Mandate): Row {
  return hashed({
    id: mandate.id,
    person_id: mandate.personId,
    organ_type: mandate.organType,
    organ_ids: mandate.organIds,
    legislature: mandate.legislature,
    starts_on: mandate.startsOn,
    ends_on: mandate.endsOn,
    role: mandate.role,
    constituency: mandate.constituency,
  });
}

function hashed(row: Record<string, unknown> & { id: string }): Row {
  return { ...row, sha256: createHash('sha256').update(JSON.stringify(row)).digest('base64url') };
}
