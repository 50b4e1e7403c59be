/**
 * How fast, and in how much memory, the record of a long sitting is parsed.
 * Goal: a 2 MB file in under 150 ms and 50 MB. `node bench/parse-syceron.ts`
 */
import { parseSyceron } from '../src/portal/index.ts';

const SIZE_BYTES = 2 * 1024 * 1024;
const RUNS = 7;

const record = Buffer.from(longRecord(SIZE_BYTES));
const rssBeforeBytes = process.resourceUsage().maxRSS * 1024;
const durationsMs: number[] = [];
let paragraphs = 0;
for (let run = 0; run < RUNS; run += 1) {
  const startedAtMs = performance.now();
  paragraphs = parseSyceron(record).paragraphs.length;
  durationsMs.push(performance.now() - startedAtMs);
  if (run === 0) report('first run, cold', durationsMs[0] ?? 0);
}
report(`median of ${RUNS}`, durationsMs.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? 0);

function report(label: string, durationMs: number): void {
  const grownBytes = process.resourceUsage().maxRSS * 1024 - rssBeforeBytes;
  console.log(
    `${label}: ${(record.length / 1e6).toFixed(1)} MB, ${paragraphs} paragraphs, ` +
      `${durationMs.toFixed(0)} ms, peak memory +${(grownBytes / 1e6).toFixed(0)} MB`,
  );
}

/** A record in the real form, with the real mix of turns, interruptions and stage directions. */
function longRecord(sizeBytes: number): string {
  const parts = [
    '<?xml version="1.0" encoding="UTF-8"?><compteRendu xmlns="http://schemas.assemblee-nationale.fr/referentiel">',
    '<uid>CRSANR5L17S2026O1N999</uid><seanceRef>RUANR5L17S2026IDS99999</seanceRef><metadonnees/><contenu>',
  ];
  let length = 0;
  for (let order = 1; length < sizeBytes; order += 1) {
    const part = order % 40 === 1 ? point(order) : paragraph(order);
    parts.push(part);
    length += Buffer.byteLength(part);
  }
  return `${parts.join('\n')}</contenu></compteRendu>`;
}

function point(order: number): string {
  return `<point nivpoint="${1 + (order % 3)}" ordre_absolu_seance="${order}" code_grammaire="TITRE_TEXTE_DISCUSSION" code_style="Titre" id_syceron="${order}"><orateurs/><texte>Sujet inventé ${order}</texte></point>`;
}

function paragraph(order: number): string {
  const interruption = order % 4 === 0;
  const words = 'Monsieur le ministre, l’école où grandissent nos enfants mérite mieux que des annonces répétées. ';
  return `<paragraphe valeur_ptsodj="1" ordinal_prise="1" id_preparation="29${order}" ordre_absolu_seance="${order}" id_acteur="PA${100000 + (order % 90)}" id_mandat="PM1" code_grammaire="${interruption ? 'INTERRUPTION_1_10' : 'PAROLE_GENERIQUE'}" code_style="NORMAL" code_parole="" sommaire="0" id_syceron="${4000000 + order}" valeur="">
    <orateurs>
      <orateur>
        <nom>Mme Inventée ${order % 90}</nom>
        <id>${100000 + (order % 90)}</id>
        <qualite />
      </orateur>
    </orateurs>
    <texte stime="${(900 + order * 7).toFixed(2)}">${words.repeat(interruption ? 1 : 6)}<italique>(Applaudissements sur plusieurs bancs.)</italique><br/>${words}</texte>
  </paragraphe>`;
}
