import type { FilmedSitting, SittingChapter, SittingCue, SittingSpeaker } from '../sitting.ts';
import { escapeHtml } from './escape.ts';
import { frenchDay, parisStamp } from './paris-time.ts';

/** Who chairs the invented sittings. */
const CHAIR = { name: 'M. le président', number: '9900099' };
/** By these words the chair gives the floor, whatever chapter the operators have keyed by then. */
const OF_THE_CHAIR = /^(?:La (?:parole|séance)|L’ordre du jour|Nous en venons|Je mets aux voix)/;

/** The number of the record that a sitting's address names; null for a sitting without one. */
export function recordIdOf(sitting: FilmedSitting): string | null {
  return /CRSANR\w+$/.exec(sitting.reportPath ?? '')?.[0] ?? null;
}

/**
 * The edited record as the Assembly's site serves it: a paragraph a turn, with the time of its first word in seconds on
 * the recording's clock, under the title of the sitting.
 */
export function renderSyceron(sitting: FilmedSitting, recordId: string): string {
  const { meetingId, startsAtMs, seance, session, legislature, agenda } = sitting;
  const paragraphs = (sitting.captions ?? []).map((cue, index) => paragraph(sitting, cue, index + 3));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<compteRendu xmlns="http://schemas.assemblee-nationale.fr/referentiel">',
    `<uid>${recordId}</uid><seanceRef>${meetingId}</seanceRef>`,
    `<metadonnees><dateSeance>${parisStamp(startsAtMs)}000</dateSeance>`,
    `<dateSeanceJour>${frenchDay(startsAtMs)}</dateSeanceJour><numSeanceJour>${seance?.rank ?? 'Unique'}</numSeanceJour>`,
    `<numSeance>${seance?.number ?? ''}</numSeance><legislature>${legislature}</legislature>`,
    `<session>${session.label}</session><etat>complet</etat><version>avant_JO</version></metadonnees>`,
    '<contenu>',
    `<point nivpoint="1" ordre_absolu_seance="2" code_grammaire="TITRE_TEXTE_DISCUSSION" code_style="Titre" id_syceron="2">`,
    `<orateurs/><texte>${escapeHtml(agenda.at(-1) ?? sitting.title)}</texte>`,
    ...paragraphs,
    '</point>',
    '</contenu>',
    '</compteRendu>',
    '',
  ].join('\n');
}

function paragraph(sitting: FilmedSitting, { startsAtMs, text }: SittingCue, order: number): string {
  const speaker = OF_THE_CHAIR.test(text) ? undefined : speakerAt(sitting, startsAtMs);
  const { name, number } = speaker === undefined ? CHAIR : { name: speaker.name, number: speaker.deputyNumber };
  const role = speaker === undefined ? ' roledebat="president"' : '';
  return [
    `<paragraphe ordre_absolu_seance="${order}" id_acteur="PA${number}" code_grammaire="PAROLE_GENERIQUE"`,
    ` code_style="NORMAL" id_syceron="${order}"${role}>`,
    `<orateurs><orateur><nom>${escapeHtml(name)}</nom><id>${number}</id><qualite/></orateur></orateurs>`,
    `<texte stime="${(startsAtMs / 1000).toFixed(2)}">${escapeHtml(text)}</texte></paragraphe>`,
  ].join('');
}

/** Whom the latest chapter before that moment names. */
function speakerAt({ chapters, speakers }: FilmedSitting, ms: number): SittingSpeaker | undefined {
  const begun = flat(chapters)
    .filter(({ startsAtMs, speakerIds }) => startsAtMs !== null && startsAtMs <= ms && speakerIds.length > 0)
    .toSorted((a, b) => (b.startsAtMs ?? 0) - (a.startsAtMs ?? 0));
  return speakers.find(({ id }) => id === begun[0]?.speakerIds[0]);
}

function flat(chapters: readonly SittingChapter[]): SittingChapter[] {
  return chapters.flatMap((chapter) => [chapter, ...flat(chapter.chapters)]);
}
