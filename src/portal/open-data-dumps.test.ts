import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipOf } from '../../tests/support/zip.ts';
import { readDump } from './open-data-dumps.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'robian-dump-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readDump', () => {
  it('reads each kind of member by its folder, and tells what it cannot read without stopping', async () => {
    const path = join(folder, 'dump.zip');
    const record = readFileSync(new URL('fixtures/syceron/sitting-with-suspension.xml', import.meta.url));
    const members: [string, unknown][] = [
      [
        'json/reunion/RUANR5L17S2030IDS90001.json',
        { reunion: { uid: 'RUANR5L17S2030IDS90001', timeStampDebut: '2030-01-15T15:00:00.000+01:00' } },
      ],
      ['json/acteur/PA1.json', { acteur: { uid: { '#text': 'PA1' }, etatCivil: { ident: { nom: 'Lampe' } } } }],
      ['json/organe/PO1.json', { organe: { uid: 'PO1', libelle: 'Marée haute' } }],
      ['json/mandat/PM1.json', { mandat: { uid: 'PM1', acteurRef: 'PA1' } }],
      ['json/acteur/PA2.json', { acteur: null }],
      ['json/deport/D1.json', {}],
    ];
    await writeFile(
      path,
      zipOf([
        ...members.map(([name, json]) => ({ name, bytes: Buffer.from(JSON.stringify(json)) })),
        { name: 'json/organe/PO2.json', bytes: Buffer.from('{"organe":') },
        { name: 'xml/compteRendu/CRSANR5L17S2030O1N042.xml', bytes: record },
      ]),
    );
    const items = await Array.fromAsync(readDump(path));
    expect(items.map((item) => (item.kind === 'unreadable' ? item.member : item.kind))).toEqual([
      'meeting',
      'person',
      'organ',
      'mandate',
      'json/acteur/PA2.json',
      'json/organe/PO2.json',
      'record',
    ]);
  });
});
