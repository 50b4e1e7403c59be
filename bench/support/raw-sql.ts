/**
 * The statements behind a page of the list, and nothing else: what the database and its driver allow on one core.
 * usage: node raw-sql.ts SECONDS CLIENTS; prints pages a second
 */
import pg from 'pg';

const [seconds, clients] = process.argv.slice(2).map(Number);
const COUNT = `select count(*) as "total" from "debates" where "sitting_state" <> $1`;
const PAGE = `select *, sorts_at as "sort_value" from "debates" where "sitting_state" <> $1
  order by sorts_at desc, "id" desc limit $2 offset $3`;
/** As the product's pool. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const untilMs = performance.now() + (seconds ?? 5) * 1000;
let pages = 0;

async function client(): Promise<void> {
  while (performance.now() < untilMs) {
    pages += 1;
    await pool.query(COUNT, ['withdrawn']);
    await pool.query(PAGE, ['withdrawn', 21, 20 * (pages % 100)]);
  }
}

await Promise.all(Array.from({ length: clients ?? 50 }, client));
console.log(pages / (seconds ?? 5));
await pool.end();
