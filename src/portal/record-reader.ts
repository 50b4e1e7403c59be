import { classifyParagraph } from './record-kind.ts';
import { createPointTracker } from './record-points.ts';
import { identifySpeaker, type RawOrator } from './record-speaker.ts';
import { createTextCollector, plainText, type TextPiece } from './record-text.ts';
import type { RecordParagraph, RecordPoint } from './sitting-record.ts';
import { type Attributes, integerOf, malformedRecord, millisecondsOf } from './syceron-values.ts';

/** A sitting of a whole night has about 3,000 paragraphs. */
const MAX_PARAGRAPHS = 100_000;

/** The elements whose own `texte` is a title. */
const TITLED = new Set(['point', 'ouvertureSeance', 'changementPresidence', 'finSeance']);

/** Takes the events of an XML parser and keeps what the record says. */
export interface RecordReader {
  open(name: string, attributes: Attributes): void;
  text(text: string): void;
  close(name: string): void;
  /** Simple elements of the root and of `metadonnees`, by name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly points: RecordPoint[];
  readonly paragraphs: RecordParagraph[];
}

interface OpenParagraph {
  attributes: Attributes;
  orators: RawOrator[];
  pieces: TextPiece[];
  startsAtMs: number | null;
}

export function createRecordReader(): RecordReader {
  const fields = new Map<string, string>();
  const tracker = createPointTracker();
  const paragraphs: RecordParagraph[] = [];
  const path: string[] = [];
  /** Titled elements that are open, outermost first; `point` is null for those that are no point. */
  const containers: { attributes: Attributes; point: number | null }[] = [];
  const collector = createTextCollector();
  let inText = false;
  let italicDepth = 0;
  let superscriptDepth = 0;
  let paragraph: OpenParagraph | null = null;
  let orator: RawOrator | null = null;
  let field = '';

  const enclosingPoint = (): number | null => containers.findLast(({ point }) => point !== null)?.point ?? null;

  function add(paragraphToAdd: RecordParagraph): void {
    if (paragraphs.length >= MAX_PARAGRAPHS) throw malformedRecord('too many paragraphs');
    paragraphs.push(paragraphToAdd);
  }

  function closeTypography(name: string): void {
    if (name === 'italique') italicDepth -= 1;
    else if (name === 'exposant') superscriptDepth -= 1;
    else if (name === 'texte') closeText();
  }

  function closeText(): void {
    inText = false;
    const pieces = collector.finish();
    if (pieces.length === 0) return;
    if (paragraph) {
      if (paragraph.pieces.length > 0) paragraph.pieces.push({ text: '\n', style: 'plain' });
      paragraph.pieces.push(...pieces);
      return;
    }
    const container = containers.at(-1);
    if (container === undefined) return;
    const point = container.point === null ? undefined : tracker.points[container.point];
    if (point) point.title ??= plainText(pieces).replaceAll('\n', ' ');
    add({ ...describe(container.attributes), kind: 'heading', speaker: null, pieces, startsAtMs: null });
  }

  function closeParagraph(closed: OpenParagraph): void {
    paragraph = null;
    const { attributes, pieces, startsAtMs } = closed;
    if (pieces.length === 0) return;
    const about = describe(attributes);
    const speaker = identifySpeaker(attributes.id_acteur, attributes.roledebat, closed.orators);
    add({
      ...about,
      kind: classifyParagraph({ ...about, named: speaker !== null, pieces }),
      speaker,
      pieces,
      startsAtMs,
    });
  }

  function describe(attributes: Attributes) {
    return {
      point: tracker.current(enclosingPoint()),
      order: integerOf(attributes.ordre_absolu_seance),
      id: attributes.id_syceron || null,
      debateRole: attributes.roledebat || null,
      grammarCode: attributes.code_grammaire || null,
      style: attributes.code_style || null,
    };
  }

  function closeOratorField(open: RawOrator, name: string): void {
    const value = field.replace(/\s+/g, ' ').trim();
    if (name === 'nom') open.name = value;
    else if (name === 'qualite') open.role = value;
    // Legislature 15 has acteurRef where later ones have id.
    else if (name === 'id' || (name === 'acteurRef' && open.id === '')) open.id = value;
    else if (name === 'orateur') {
      paragraph?.orators.push(open);
      orator = null;
    }
  }

  return {
    fields,
    points: tracker.points,
    paragraphs,
    open(name, attributes) {
      path.push(name);
      field = '';
      if (inText) {
        if (name === 'italique') italicDepth += 1;
        else if (name === 'exposant') superscriptDepth += 1;
        else if (name === 'br') collector.breakLine();
      } else if (name === 'paragraphe') {
        paragraph = { attributes, orators: [], pieces: [], startsAtMs: null };
      } else if (name === 'orateur') {
        orator = { name: '', id: '', role: '' };
      } else if (name === 'texte') {
        inText = true;
        if (paragraph) paragraph.startsAtMs ??= millisecondsOf(attributes.stime);
      } else if (TITLED.has(name)) {
        containers.push({ attributes, point: name === 'point' ? tracker.open(attributes, enclosingPoint()) : null });
      }
    },
    text(text) {
      if (inText) collector.add(text, { italic: italicDepth > 0, superscript: superscriptDepth > 0 });
      else field += text;
    },
    close(name) {
      path.pop();
      if (inText) closeTypography(name);
      else if (orator) closeOratorField(orator, name);
      else if (name === 'paragraphe' && paragraph) closeParagraph(paragraph);
      else if (TITLED.has(name)) containers.pop();
      else if (path.length === 1 || (path.length === 2 && path[1] === 'metadonnees')) fields.set(name, field.trim());
      field = '';
    },
  };
}
