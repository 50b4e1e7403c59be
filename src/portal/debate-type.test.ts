import { expect, test } from 'vitest';
import { debateType } from './debate-type.ts';

test.each([
  ['S', null, '2ème séance', '', 'seance_publique'],
  ['S', null, 'Séance', 'Audition solennelle', 'seance_publique'],
  ['QG', null, 'Questions', '', 'question_gouvernement'],
  ['C', null, 'Finances', '- Examen du budget', 'commission'],
  ['C', null, 'Finances : Auditions', '', 'audition'],
  ['C', null, 'Finances', '- AUDITION, ouverte à la presse, de Mme X\n- Vote', 'audition'],
  ['C', null, 'Finances', '- Vote\n- Audition de Mme X', 'commission'],
  ['C', null, 'Les auditionnés', 'préaudition', 'commission'],
  ['EV', 'RUANR5L17S2027IDS1', 'Audition', '', 'autre'],
  [null, 'RUANR5L17S2027IDS30927', '', '', 'seance_publique'],
  [null, 'RUANR5L17S2027IDC460001', 'Audition', '', 'audition'],
  [null, 'RUANR5L17S2027IDFL1', '', '', 'autre'],
  [null, null, '', '', 'autre'],
] as const)('video_type %s, meeting %s, %j, %j is %s', (videoType, meetingId, title, description, type) => {
  expect(debateType({ videoType, meetingId, title, description })).toBe(type);
});
