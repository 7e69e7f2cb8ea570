// A small seeded generator (Marsaglia's xorshift, 32 bits), so that a failing run can be repeated
// from its seed.

/** Numbers and choices that depend on the seed alone. */
export function generator(seed) {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  /** A whole number from 0 to bound - 1. */
  const below = (bound) => next() % bound;
  /** One of the values. */
  const pick = (values) => values[below(values.length)];
  /** So many random bytes as a hex string. */
  const hex = (size) => {
    let out = '0x';
    for (let i = 0; i < size; ++i) out += (next() & 0xff).toString(16).padStart(2, '0');
    return out;
  };
  return { below, pick, hex };
}

/** The seed of this run: the environment variable SEED ("random": a new one), or always the same, so
 * that a red run is about the change at hand. Print it with the failure. */
export const seedOfRun = () => {
  const { SEED } = process.env;
  return SEED === 'random' ? Math.floor(Math.random() * 0xffff_ffff) : Number(SEED ?? 2_612);
};
