// Compiles the Solidity that the native contracts are measured beside, and runs the measurement.
//
//   node bench/contracts.mjs BUILD    BUILD has bench/contracts_bench

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { compileAll } from '../support/solidity.mjs';

const [build] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'plume-measured-'));
try {
  const compiled = { ...compileAll('Measured'), ...compileAll('Counterparts') };
  const near = ['Plain', 'Pot', 'Vesting', 'Dividends'];
  const same = ['Records', 'Switches', 'Earning', 'Milestones'];
  for (const name of [...near, ...same])
    writeFileSync(join(folder, `${name}.hex`), compiled[name].bytecode);
  execFileSync(join(build, 'bench/contracts_bench'), [folder], { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true });
}
