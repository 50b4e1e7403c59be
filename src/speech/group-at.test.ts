import { describe, expect, it } from 'vitest';
import type { Mandate } from '../portal/index.ts';
import { groupAt } from './group-at.ts';

const mandate = (organ: string, startsOn: string | null, endsOn: string | null, organType = 'GP'): Mandate => ({
  id: 'PM1',
  personId: 'PA1',
  organType,
  organIds: [organ],
  legislature: 17,
  startsOn,
  endsOn,
  role: null,
  constituency: null,
});

describe('groupAt', () => {
  it.each<[string, Mandate[], string | null]>([
    ['the group that lasts', [mandate('PO1', '2024-07-19', null)], 'PO1'],
    [
      'the group of that day, left since',
      [mandate('PO1', '2024-07-19', '2025-06-01'), mandate('PO2', '2025-06-02', null)],
      'PO1',
    ],
    [
      'on the day of a change, the new one',
      [mandate('PO1', '2024-07-19', '2025-01-15'), mandate('PO2', '2025-01-15', null)],
      'PO2',
    ],
    ['not yet in a group', [mandate('PO1', '2025-01-16', null)], null],
    ['no longer', [mandate('PO1', '2024-07-19', '2025-01-14')], null],
    ['a start that nobody knows', [mandate('PO1', null, null)], 'PO1'],
    ['other organs are no groups', [mandate('PO59048', '2024-07-19', null, 'COMPER')], null],
    ['nothing', [], null],
  ])('%s', (_, mandates, group) => {
    expect(groupAt(mandates, '2025-01-15')).toBe(group);
  });
});
