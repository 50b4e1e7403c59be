/**
 * Walks a running API as a first client would: health, the list of debates, the first debate and what can be heard of it.
 * usage: npm run test:endpoints [-- http://host:port]        (default: http://127.0.0.1:8000; exit code 0 when all is well)
 */
import { walkEndpoints } from './walk-endpoints.ts';

const [base = 'http://127.0.0.1:8000'] = process.argv.slice(2);
const steps = await walkEndpoints(base);
for (const { path, problem } of steps)
  console.log(problem === null ? `ok    GET ${path}` : `WRONG GET ${path}: ${problem}`);
process.exitCode = steps.every(({ problem }) => problem === null) ? 0 : 1;
