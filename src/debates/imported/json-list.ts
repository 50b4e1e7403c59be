/** One element of a JSON list, or what is wrong at a place of the file. Lines count from 1. */
export type Piece =
  | { line: number; value: unknown }
  /** `over`: nothing that follows can be told apart. */
  | { line: number; fault: string; over: boolean };

export interface JsonListReader {
  /** The elements that this text completes. */
  push(text: string): Piece[];
  /** What the end of the file completes, or leaves broken. */
  end(): Piece[];
}

/**
 * Reads a JSON list (RFC 8259) element by element, so that a file of any size takes the memory of one element. An element that is
 * broken within balanced brackets costs itself alone; where the list itself is broken, what was read by then stands.
 */
export function createJsonListReader({ maxLength }: { maxLength: number }): JsonListReader {
  let state: 'before' | 'list' | 'after' | 'broken' = 'before';
  let line = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let element = '';
  /** Of the first sign of the element; null while only white space was seen. */
  let startLine: number | null = null;
  let tooLong = false;
  let elements = 0;
  /** The element that ends here must be there: a comma came before it. */
  let expected = false;

  function fault(at: number, text: string): Piece {
    state = 'broken';
    return { line: at, fault: text, over: true };
  }

  function take(): Piece[] {
    const at = startLine;
    const text = element;
    const dropped = tooLong;
    element = '';
    startLine = null;
    tooLong = false;
    if (at === null) return [{ line, fault: 'an element is missing', over: false }];
    elements += 1;
    if (dropped) return [{ line: at, fault: `longer than ${maxLength} characters`, over: false }];
    return [parse(text, at)];
  }

  /** A sign outside strings that brackets do not enclose; null: it belongs to the element. */
  function delimiter(sign: string): Piece[] | null {
    if (sign === ',') {
      expected = true;
      return take();
    }
    if (sign !== ']') return null;
    state = 'after';
    return startLine === null && !expected ? [] : take();
  }

  function follow(sign: string): void {
    if (inString) {
      if (escaped) escaped = false;
      else if (sign === '\\') escaped = true;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth = Math.max(0, depth - 1);
  }

  function inList(sign: string): Piece[] {
    const found = depth === 0 && !inString ? delimiter(sign) : null;
    if (found !== null) return found;
    follow(sign);
    if (startLine === null && isSpace(sign)) return [];
    startLine ??= line;
    if (element.length < maxLength) element += sign;
    else tooLong = true;
    return [];
  }

  function step(sign: string): Piece[] {
    if (state === 'list') return inList(sign);
    if (state === 'broken' || isSpace(sign)) return [];
    if (state === 'after') return [fault(line, 'something follows the list')];
    if (sign !== '[') return [fault(line, 'a list of objects is expected: `[`')];
    state = 'list';
    return [];
  }

  return {
    push: (text) => {
      const pieces: Piece[] = [];
      for (const sign of text) {
        // Pushed one by one: few of them complete an element.
        for (const piece of step(sign)) pieces.push(piece);
        if (sign === '\n') line += 1;
      }
      return pieces;
    },
    end: () => {
      if (state === 'after' || state === 'broken') return [];
      if (state === 'before') return [fault(line, 'the file is empty')];
      const where =
        startLine === null ? `after element ${elements}` : `in the element that begins on line ${startLine}`;
      return [fault(line, `the file ends ${where}, before the end of the list`)];
    },
  };
}

function isSpace(sign: string): boolean {
  return sign === ' ' || sign === '\n' || sign === '\r' || sign === '\t';
}

function parse(text: string, startLine: number): Piece {
  try {
    return { line: startLine, value: JSON.parse(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = Number(/at position (\d+)/.exec(message)?.[1] ?? text.length);
    const line = startLine + text.slice(0, position).split('\n').length - 1;
    return { line, fault: `no JSON: ${message.replace(/ \(line .*\)$/, '')}`, over: false };
  }
}
