// Seeds every property test, so that no test fails by chance: `npm test` uses one seed, `npm run soak` many.
import { configureGlobal } from 'fast-check';

const SEED = 1;

configureGlobal({ seed: Number(process.env['CHANCERY_TEST_SEED'] ?? SEED) });
