/** Prints a file for `src/locales/` with every text to translate, in French: `npm run --silent locale > src/locales/br.json`. */
import { TEXTS } from '../src/catalogues.ts';

const texts = Object.fromEntries([...TEXTS].map(([key, { fr }]) => [key, fr]));
console.log(JSON.stringify({ fallback: 'fr', texts }, null, 2));
