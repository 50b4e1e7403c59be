/** What is looked for in a folder that others change too: null when it is not, or no longer, there. */
export async function nullWhenMissing<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
