// Writes rows into an embedded database and says each number once it is acknowledged, until it is killed. With `checkpoint` the
// engine also writes its tables back every now and then.
import { sql } from 'kysely';
import { systemClock } from '../../src/platform/clock/index.ts';
import { openDatabase } from '../../src/platform/database/index.ts';

const [dataDir = '', checkpoint] = process.argv.slice(2);
const { db } = await openDatabase({
  url: undefined,
  dataDir,
  clock: systemClock,
  onFatal: console.error,
  onWarning: console.error,
});
await sql`create table acknowledged (id int)`.execute(db);
for (let id = 1; ; id += 1) {
  await sql`insert into acknowledged values (${id})`.execute(db);
  console.log(id);
  // Often enough that a short test meets one.
  if (checkpoint !== undefined && id % 15 === 0) await sql`checkpoint`.execute(db);
}
