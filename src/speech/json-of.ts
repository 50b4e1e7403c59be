/** JSON for PostgreSQL, whose texts cannot hold a NUL: one stray byte in captions must not refuse them whole. */
export function jsonOf(rows: readonly object[]): string {
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '') : value,
  );
}
