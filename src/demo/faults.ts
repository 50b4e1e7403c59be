import type { IncomingMessage } from 'node:http';

/** What goes wrong, each as it was met on real origins or proxies. Several may strike the same request. */
type FaultKind =
  /** Another status with a short body; `headers` for Retry-After and the like. */
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  /** 429 while more than `maxOpen` matching requests are being answered. */
  | { kind: 'too-many-connections'; maxOpen: number; headers?: Record<string, string> }
  /** Waits before the first byte of the answer. */
  | { kind: 'delay'; delayMs: number }
  /** Caps the bytes a second of each connection. */
  | { kind: 'slow'; bytesPerSecond: number }
  /** Headers and `afterBytes` bytes, then silence with the connection open. */
  | { kind: 'stall'; afterBytes: number }
  /** The connection dies after `afterBytes` bytes of body. */
  | { kind: 'drop'; afterBytes: number }
  /** 200 and a page of HTML, as captive portals and the portal itself do. */
  | { kind: 'html' }
  /** Content-Length announces `extraBytes` more than are sent; negative: fewer. The connection closes after the body. */
  | { kind: 'wrong-length'; extraBytes: number }
  /** Range is ignored: always 200 and the whole. */
  | { kind: 'no-ranges' }
  /** The origin holds only the first `sizeBytes` bytes and says so. */
  | { kind: 'truncated-file'; sizeBytes: number }
  /** The bytes from `fromByte` up to and not including `toByte` are not those of the file; nothing announces it. */
  | { kind: 'corrupt-bytes'; fromByte: number; toByte: number }
  /** From now on the address holds what `as`, another path of the replay, holds: other bytes, length and ETag. */
  | { kind: 'changed-file'; as: string };

export type Fault = FaultKind & {
  /** A path of the replay, or a decision on the request. */
  match: string | ((url: URL, request: IncomingMessage) => boolean);
  /** Strikes so many requests, then no more. Absent: until removed. */
  times?: number;
};

/** All that strikes one request, folded into one description of what to do. */
export interface Strike {
  refusal: { status: number; headers: Record<string, string> } | null;
  delayMs: number;
  bytesPerSecond: number | null;
  stallAfterBytes: number | null;
  dropAfterBytes: number | null;
  html: boolean;
  extraBytes: number;
  ignoreRanges: boolean;
  truncateToBytes: number | null;
  corrupt: { fromByte: number; toByte: number } | null;
  servedAs: string | null;
}

export interface FaultBook {
  /** Returns what removes the fault again. */
  add(fault: Fault): () => void;
  clear(): void;
}

export interface FaultStriker extends FaultBook {
  /** Counts the request as open until `release` is called. */
  strike(url: URL, request: IncomingMessage): { strike: Strike; release: () => void };
}

interface Entry {
  fault: Fault;
  left: number;
  open: number;
}

export function createFaultBook(): FaultStriker {
  const entries = new Set<Entry>();
  return {
    add(fault) {
      const entry: Entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY, open: 0 };
      entries.add(entry);
      return () => void entries.delete(entry);
    },
    clear: () => entries.clear(),
    strike(url, request) {
      const matching = [...entries].filter((entry) => entry.left > 0 && matches(entry.fault, url, request));
      const striking = matching.filter(
        ({ fault, open }) => fault.kind !== 'too-many-connections' || open >= fault.maxOpen,
      );
      for (const entry of striking) entry.left -= 1;
      for (const entry of matching) entry.open += 1;
      return {
        strike: foldFaults(striking.map((entry) => entry.fault)),
        release: () => {
          for (const entry of matching) entry.open -= 1;
        },
      };
    },
  };
}

function matches({ match }: Fault, url: URL, request: IncomingMessage): boolean {
  return typeof match === 'string' ? url.pathname === match : match(url, request);
}

/** Later faults win over earlier ones of the same kind. */
function foldFaults(faults: readonly FaultKind[]): Strike {
  const strike: Strike = {
    refusal: null,
    delayMs: 0,
    bytesPerSecond: null,
    stallAfterBytes: null,
    dropAfterBytes: null,
    html: false,
    extraBytes: 0,
    ignoreRanges: false,
    truncateToBytes: null,
    corrupt: null,
    servedAs: null,
  };
  for (const fault of faults) applyFault(strike, fault);
  return strike;
}

function applyFault(strike: Strike, fault: FaultKind): void {
  switch (fault.kind) {
    case 'status':
      strike.refusal = { status: fault.status, headers: fault.headers ?? {} };
      return;
    case 'too-many-connections':
      strike.refusal = { status: 429, headers: fault.headers ?? {} };
      return;
    case 'delay':
      strike.delayMs = fault.delayMs;
      return;
    case 'slow':
      strike.bytesPerSecond = fault.bytesPerSecond;
      return;
    case 'stall':
      strike.stallAfterBytes = fault.afterBytes;
      return;
    case 'drop':
      strike.dropAfterBytes = fault.afterBytes;
      return;
    case 'html':
      strike.html = true;
      return;
    case 'wrong-length':
      strike.extraBytes = fault.extraBytes;
      return;
    case 'no-ranges':
      strike.ignoreRanges = true;
      return;
    case 'truncated-file':
      strike.truncateToBytes = fault.sizeBytes;
      return;
    case 'corrupt-bytes':
      strike.corrupt = { fromByte: fault.fromByte, toByte: fault.toByte };
      return;
    case 'changed-file':
      strike.servedAs = fault.as;
      return;
  }
}
