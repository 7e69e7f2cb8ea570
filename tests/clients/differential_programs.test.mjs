// Random programs on Plume's EVM and on that of @ethereumjs: how they end, gas, refund, output, logs
// and all accounts afterwards must be equal. Repeat a run with SEED=..., lengthen it with
// PROGRAMS=...
//
// Not comparable are programs that the other EVM cannot run or runs wrongly:
//   KZG       it has no point evaluation (0x0a)
//   0xef00    init code that begins so fails in Osaka; @ethereumjs does not even try it
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe as group, test } from 'node:test';

import { differences } from './support/differences.mjs';
import { Mutants, block, publicCodes } from './support/mutants.mjs';
import { OtherEvm } from './support/other_evm.mjs';
import { plumeVm, startPlumeVm } from './support/plume_vm.mjs';
import { generator, seedOfRun } from './support/random.mjs';

const count = Number(process.env.PROGRAMS ?? 2_000);
const seed = seedOfRun();
const batchSize = 100;
const notBuilt = existsSync(plumeVm) ? false : `${plumeVm} is not built`;

/**
 * Runs `count` programs on both. Resolves to {different, tally}: the first that ended differently
 * (null when none did), and how many ended in which way.
 */
async function comparePrograms(plume, other, mutants, count) {
  const tally = {};
  for (let done = 0; done < count; done += batchSize) {
    const size = Math.min(batchSize, count - done);
    const programs = Array.from({ length: size }, () => mutants.next());
    const answering = plume.run(programs);
    const expected = [];
    for (const program of programs) expected.push(await other.run(program));
    for (const [i, answer] of (await answering).entries()) {
      const program = programs[i];
      const where = expected[i] && differences(answer, expected[i]);
      const isExcused = !expected[i] || (where && (await other.isMistakenOn(program)));
      if (where && !isExcused) return { different: { number: done + i, where, program }, tally };
      const kind = isExcused ? 'not comparable' : answer.status;
      tally[kind] = (tally[kind] ?? 0) + 1;
    }
  }
  return { different: null, tally };
}

group('programs', () => {
  /** Both EVMs and what is drawn for them, the other one in the rules of `hardfork`. */
  const start = async (t, hardfork) => {
    const plume = startPlumeVm(block);
    t.after(plume.stop);
    const other = await OtherEvm.create(block, hardfork);
    return [plume, other, new Mutants(generator(seed), publicCodes())];
  };

  test('the comparison notices an older revision', { skip: notBuilt }, async (t) => {
    const { different } = await comparePrograms(...(await start(t, 'prague')), 500);
    assert.notEqual(different, null);
  });

  test(`${count} random programs end as with @ethereumjs`, { skip: notBuilt }, async (t) => {
    const { different, tally } = await comparePrograms(...(await start(t, 'osaka')), count);
    assert.equal(different, null, `SEED=${seed}: ${JSON.stringify(different, null, 1)}`);
    t.diagnostic(`seed ${seed}: ${JSON.stringify(tally)}`);
  });
});
