import { describe, expect, it } from 'vitest';
import { addToSketch, estimateSketch, mergeSketches, REGISTERS } from './listener-sketch.ts';

function sketchOf(from: number, to: number): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  for (let number = from; number < to; number += 1) addToSketch(registers, `listener ${number}`);
  return registers;
}

describe('a sketch of listeners', () => {
  it.each([0, 1, 10, 300, 3_000, 50_000])('tells %i of them within three standard errors', (count) => {
    const estimate = estimateSketch(sketchOf(0, count));
    expect(Math.abs(estimate - count)).toBeLessThanOrEqual(count * 0.07);
  });

  it('counts each once, however often and in however many processes it was seen', () => {
    const together = mergeSketches(sketchOf(0, 700), sketchOf(300, 1_000));
    expect(together).toEqual(sketchOf(0, 1_000));
    expect(mergeSketches(together, together)).toEqual(together);
  });
});
