import { Parser } from 'htmlparser2';
import { findFrenchDay, fromParis, parisDay } from '../platform/clock/index.ts';
import { oneLine, plainLines } from './clean-text.ts';
import { type DebateType, debateType } from './debate-type.ts';
import { decodeDocument } from './decode-text.ts';
import { malformed } from './errors.ts';

const DOCUMENT = 'getedito';
/** A busy day has thirty meetings. */
const MAX_DIFFUSIONS = 1000;
const MAX_DEPTH = 32;
/** `libelle_court` of the plenary sitting; every other is an organ. */
const PLENARY = 'AN';
/** A sitting that opens at one in the morning belongs to the programme of the evening before. */
const FIRST_HOUR_OF_DAY = 6;
/** Hours are sometimes written past midnight (`2530`). */
const LAST_HOUR_OF_DAY = 24 + FIRST_HOUR_OF_DAY;

/** The day's programme as the portal announces it. */
export interface Editorial {
  /** Paris day, `YYYY-MM-DD`; null when neither a title nor a creation date tells. */
  day: string | null;
  title: string;
  introduction: string;
  diffusions: Diffusion[];
}

/** One announced or running broadcast; what is not said is null. */
export interface Diffusion {
  id: string | null;
  /** `RUANR…`. */
  meetingId: string | null;
  /** `PO59048`. */
  organId: string | null;
  label: string | null;
  /** `CION_FIN`; `AN` means the plenary sitting. */
  shortLabel: string | null;
  type: DebateType;
  /** Of that Paris day's programme; in the small hours that is the next calendar day. */
  startsAt: Date | null;
  /** Stream number, also before it runs. */
  flux: string | null;
  title: string | null;
  /** Plain text, one subject a line. */
  subject: string;
  place: string | null;
  placeRef: string | null;
  /** When it was taken off the programme. */
  removedAt: Date | null;
}

/**
 * Reads getedito.php: `diffusion` absent, single or many. Tolerant of HTML inside texts and of HTML entities, which
 * strict XML refuses; a document that was cut is refused.
 * @throws AppError `portal/malformed`, `portal/html-instead`
 */
export function parseEditorial(bytes: Uint8Array): Editorial {
  const { root, fields, diffusions } = readElements(decodeDocument(bytes, DOCUMENT).text);
  const title = plainText(fields, 'titre') ?? '';
  const introduction = plainText(fields, 'introduction') ?? '';
  const created = epoch(root.dateCreation ?? diffusions[0]?.attributes.dateCreation);
  const day = findFrenchDay(title) ?? findFrenchDay(introduction) ?? (created === null ? null : parisDay(created));
  return { day, title, introduction, diffusions: diffusions.map((element) => diffusionOf(element, day)) };
}

interface Element {
  attributes: Readonly<Record<string, string>>;
  /** HTML inside each child tag. */
  fields: Map<string, string>;
}

/** Children of the root and of each `diffusion`; what lies deeper is kept as HTML of its field. */
function readElements(xml: string): { root: Record<string, string>; fields: Element['fields']; diffusions: Element[] } {
  const result = { root: {}, fields: new Map<string, string>(), diffusions: [] as Element[] };
  const parents: string[] = [];
  let whole = false;
  let html = '';
  /** Depth of the field being read, 0 between fields. */
  let fieldDepth = 0;

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (parents.length >= MAX_DEPTH) throw malformed(DOCUMENT, `nested deeper than ${MAX_DEPTH}`);
        if (parents.length === 0 && name !== 'editorial') throw malformed(DOCUMENT, 'the root is not editorial');
        parents.push(name);
        if (fieldDepth > 0) html += `<${name}>`;
        else if (parents.length === 1) result.root = attributes;
        else if (parents.length === 2 && name === 'diffusion') {
          if (result.diffusions.length >= MAX_DIFFUSIONS) throw malformed(DOCUMENT, 'too many diffusions');
          result.diffusions.push({ attributes, fields: new Map() });
        } else {
          fieldDepth = parents.length;
          html = '';
        }
      },
      ontext(piece) {
        if (fieldDepth > 0) html += piece;
      },
      onclosetag(name, isImplied) {
        if (parents.length === fieldDepth) {
          const fields = parents[1] === 'diffusion' ? result.diffusions.at(-1)?.fields : result.fields;
          if (fields !== undefined && !fields.has(name)) fields.set(name, html);
          fieldDepth = 0;
        }
        parents.pop();
        if (parents.length === 0) whole = !isImplied;
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  if (!whole) throw malformed(DOCUMENT, 'cut before its end');
  return result;
}

function diffusionOf({ attributes, fields }: Element, day: string | null): Diffusion {
  const text = (name: string) => plainText(fields, name);
  const meetingId = text('uid_referentiel');
  const organ = text('id_organe');
  const shortLabel = text('libelle_court');
  const title = text('titre');
  const subject = plainLines(fields.get('sujet') ?? '');
  return {
    id: attributes.id?.trim() || null,
    meetingId: meetingId !== null && /^RU[A-Z0-9]{6,60}$/.test(meetingId) ? meetingId : null,
    organId: organ !== null && /^\d{1,12}$/.test(organ) ? `PO${organ}` : null,
    label: text('libelle'),
    shortLabel,
    type: debateType({
      videoType: shortLabel === PLENARY ? 'S' : 'C',
      meetingId: null,
      title: title ?? '',
      description: subject,
    }),
    startsAt: startOf(text('heure'), day),
    flux: text('flux'),
    title,
    subject,
    place: text('lieu'),
    placeRef: text('lieu_ref'),
    removedAt: epoch(attributes.dateSuppression),
  };
}

function plainText(fields: Element['fields'], name: string): string | null {
  return oneLine(plainLines(fields.get(name) ?? '')) || null;
}

/** `0930`, `930`, `15`, `9h30`: an hour, with minutes or without. */
function startOf(heure: string | null, day: string | null): Date | null {
  const parts = /^(\d{1,2})\s*[h:]?\s*([0-5]\d)?$/i.exec(heure ?? '');
  if (parts === null || day === null) return null;
  const written = Number(parts[1]);
  if (written >= LAST_HOUR_OF_DAY) return null;
  const hour = written < FIRST_HOUR_OF_DAY ? written + 24 : written;
  return fromParis({ day, hour, minute: Number(parts[2] ?? 0) });
}

function epoch(value: string | undefined): Date | null {
  return value !== undefined && /^\d{9,10}$/.test(value.trim()) ? new Date(Number(value) * 1000) : null;
}
