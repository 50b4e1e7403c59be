#!/usr/bin/env node
import { systemClock } from '../platform/clock/index.ts';
import { runCli } from './run-cli.ts';

process.exitCode = await runCli(
  {
    arguments: process.argv.slice(2),
    environment: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    on: (signal, listener) => process.on(signal, listener),
    off: (signal, listener) => process.off(signal, listener),
    exit: (code) => process.exit(code),
  },
  systemClock,
);
