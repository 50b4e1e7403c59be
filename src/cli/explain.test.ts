import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { debatesErrors } from '../debates/index.ts';
import { ConfigError } from '../platform/config/index.ts';
import { FolderHeldError } from '../platform/database/index.ts';
import { httpErrors } from '../platform/http/index.ts';
import { LocaleError } from '../platform/i18n/index.ts';
import { CommandFailed, CommandStopped } from './context.ts';
import { explain } from './explain.ts';

const system = (fields: object): Error => Object.assign(new Error('raw'), fields);
const holder = { pid: 7, host: 'here', command: 'robian start', since: 'noon', socketFolder: null };

test.each<[string, unknown, number, string]>([
  ['help that was asked for', new CommanderError(0, 'commander.help', ''), 0, ''],
  ['a wrong option, told already', new CommanderError(1, 'commander.unknownOption', ''), 64, ''],
  ['a signal', new CommandStopped('SIGINT'), 130, 'stopped by SIGINT'],
  ['a command that explains itself', new CommandFailed('Nothing there.', 3), 3, 'Nothing there.'],
  ['one wrong setting', new ConfigError(['PORT: wrong']), 78, 'A setting is wrong:\nPORT: wrong'],
  ['two wrong settings', new ConfigError(['PORT: a', 'HOST: b']), 78, '2 settings are wrong:\nPORT: a\nHOST: b'],
  ['a language that cannot be read', new LocaleError(['br.json: x']), 78, 'A language cannot be read:\nbr.json: x'],
  ['a folder in use', new FolderHeldError('/data', holder), 75, 'process 7 on here'],
  [
    'a coded error, in English',
    debatesErrors.error('not-found', { params: { id: 'x' } }),
    1,
    'No debate has the id "x". (debates/not-found)',
  ],
  ['a coded error that may pass', httpErrors.error('unavailable'), 75, 'Try again in a moment.'],
  ['a port in use', system({ code: 'EADDRINUSE', address: '127.0.0.1', port: 80 }), 75, 'listens at 127.0.0.1:80'],
  [
    'a database that is away',
    new AggregateError([system({ code: 'ECONNREFUSED', syscall: 'connect', address: '::1', port: 5432 })]),
    75,
    'at ::1:5432 (DATABASE_URL) does not answer: ECONNREFUSED',
  ],
  ['a database with an unknown name', system({ code: 'ENOTFOUND' }), 75, 'named by DATABASE_URL does not answer'],
  ['a folder of somebody else', system({ code: 'EACCES', path: '/data' }), 1, 'may not write to /data'],
  ['a defect', new Error('unforeseen'), 1, 'unforeseen'],
  ['what is no error at all', 'thrown', 1, 'thrown'],
])('%s', (_, error, exitCode, text) => {
  const explained = explain(error);
  expect(explained.exitCode).toBe(exitCode);
  if (text === '') expect(explained.text).toBe('');
  else expect(explained.text).toContain(text);
});
