import { describe, expect, it } from 'vitest';
import { parseS3Address } from './index.ts';

describe('the address of a bucket', () => {
  it.each([
    ['s3://sound', { bucket: 'sound', prefix: '', endpoint: undefined, region: undefined, pathStyle: false }],
    ['s3://sound/a/b/?region=eu-west-3', { prefix: 'a/b/', region: 'eu-west-3', pathStyle: false }],
    [
      's3://sound?endpoint=http://minio:9000/&public_endpoint=https://audio.example',
      { endpoint: 'http://minio:9000', publicEndpoint: 'https://audio.example', pathStyle: true },
    ],
    ['s3://sound?endpoint=https://s3.example&path_style=false', { endpoint: 'https://s3.example', pathStyle: false }],
    ['s3://sound?path_style=true', { pathStyle: true }],
  ])('%s', (text, expected) => {
    expect(parseS3Address(text)).toMatchObject(expected);
  });

  it.each([
    ['https://sound/a', 'expected s3://bucket/prefix'],
    ['sound', 'expected s3://bucket/prefix'],
    ['s3://key:secret@sound/', 'expected no credentials'],
    ['s3:///prefix', 'expected the name of a bucket'],
    ['s3://s/', 'expected the name of a bucket'],
    ['s3://sound/a b', 'expected a prefix'],
    ['s3://sound/a//b', 'expected a prefix'],
    ['s3://sound?secret_key=x', 'not secret_key'],
    ['s3://sound?endpoint=ftp://x', 'expected endpoint to be'],
    ['s3://sound?endpoint=https://key@x', 'expected endpoint to be'],
    ['s3://sound?public_endpoint=x', 'expected public_endpoint to be'],
    ['s3://sound?path_style=yes', 'expected path_style to be true or false'],
  ])('refuses %s', (text, message) => {
    expect(() => parseS3Address(text)).toThrow(message);
  });
});
