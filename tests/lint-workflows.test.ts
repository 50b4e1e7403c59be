import { describe, expect, it } from 'vitest';
import { unpinned } from '../scripts/lint-workflows.ts';

const digest = '8e8c483db84b4bee98b60c0593521ed34d9990e8';

describe('actions of a workflow', () => {
  it.each([
    ['a digest with its version', `      - uses: actions/checkout@${digest} # v6.0.1`, []],
    ['an action of this repository', '      - uses: ./.github/actions/own', []],
    ['a tag', '      - uses: actions/checkout@v6', ['actions/checkout@v6']],
    ['a digest without a version', `        uses: actions/checkout@${digest}`, [`actions/checkout@${digest}`]],
    ['half a digest', '      - uses: actions/checkout@8e8c483 # v6.0.1', ['actions/checkout@8e8c483 # v6.0.1']],
  ])('%s', (_what, line, wrong) => {
    expect(unpinned(`jobs:\n  a:\n    steps:\n${line}\n        with: {}\n`)).toEqual(wrong);
  });
});
