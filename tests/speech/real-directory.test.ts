import { globSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { createDebates } from '../../src/debates/index.ts';
import { systemClock } from '../../src/platform/clock/index.ts';
import { createEvents } from '../../src/platform/events/index.ts';
import { parseOrgan, parsePerson } from '../../src/portal/parse-amo.ts';
import { createSpeech } from '../../src/speech/index.ts';
import { openTestDatabase } from '../support/database.ts';
import { SAMPLES, sample } from '../support/samples.ts';

describe.skipIf(SAMPLES === null)('the real directory', () => {
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

  it('is taken whole, once, and no contact data with it', async () => {
    const database = await openTestDatabase();
    const events = createEvents({ database, onError: () => undefined });
    const debates = createDebates({ db: database.db, events });
    const speech = createSpeech({ db: database.db, debates, clock: systemClock });
    const items = {
      people: globSync(sample('acteur/*.json')).map((path) => parsePerson(read(path))),
      organs: globSync(sample('organe/*.json')).map((path) => parseOrgan(read(path))),
      mandates: [],
    };
    const mandates = items.people.reduce((sum, person) => sum + person.mandates.length, 0);
    const written = await speech.takeDirectory(items, 'all');
    expect(written).toBe(items.people.length + items.organs.length + mandates);
    expect(await speech.takeDirectory(items, 'all')).toBe(0);
    expect(await speech.takeDirectory(items, 'unknown')).toBe(0);
    const { rows } = await sql<{ row: string }>`select to_jsonb(p)::text as row from people p`.execute(database.db);
    expect(rows.filter(({ row }) => /@|https?:|\b0[1-9](?:[ .]?\d\d){4}\b/.test(row))).toEqual([]);
    await events.close();
    await database.close();
  });
});
