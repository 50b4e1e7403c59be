/** The W3C's WebVTT parser and validator carries no types; what the tests use of it. */
declare module 'webvtt-parser' {
  interface WebVttCue {
    /** Seconds. */
    startTime: number;
    endTime: number;
    text: string;
  }

  export class WebVTTParser {
    parse(
      text: string,
      mode: 'captions',
    ): { cues: WebVttCue[]; errors: { message: string; line: number; col?: number }[] };
  }
}
