// The test suite that zeppelin-solidity 1.8.0 brings along in its npm package, run by Truffle 4 and
// web3.js 0.20 as it was written for TestRPC: nothing of it is changed or kept here. FOREIGN=all
// runs all of it, otherwise a part that takes seconds.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { noPlume, startPlume, temporaryDirectory } from './support/node.mjs';

const suite = join(dirname(fileURLToPath(import.meta.url)), '../foreign/zeppelin');
const modules = join(suite, 'node_modules');
const truffle = join(modules, 'truffle/build/cli.bundled.js');
const patience = 1_800_000;

/** What runs in `make test`. */
const part = [
  'library/ECRecovery',
  'library/MerkleProof',
  'lifecycle/Pausable',
  'ownership/Ownable',
  'ownership/rbac/RBAC',
  'token/ERC20/BasicToken',
];

/** Files that are not run: what they import comes from GitHub, not from npm (web3.js 0.20). */
const notToBeHad = 'decodeLogs';

const refusedAtOnce =
  'wants what reverts to be refused when it is sent, in the words of TestRPC; it is in a block, as ' +
  'with anvil, and its receipt says so';
const noData = 'web3.js 0.20 writes 2^256 as a word of 65 digits, which is no data and refused';
const free = 'sends at the gas price 0, below the base fee (EIP-1559)';
const balances = 'compares balances that are no numbers, which Chai 4.5 refuses';
/** Tests that fail by what they are, by the ends of their titles. */
const skipped = new Map([
  ['CappedCrowdsale creating a valid crowdsale should fail with zero cap', refusedAtOnce],
  ['RefundableCrowdsale creating a valid crowdsale should fail with zero goal', refusedAtOnce],
  ['HasNoEther should not accept ether in constructor', refusedAtOnce],
  ['HasNoEther should not accept ether', refusedAtOnce],
  ['HasNoEther should allow owner to reclaim ether', balances],
  ['RefundableCrowdsale should allow refunds after end if goal was not reached', free],
  ['SampleCrowdsale should allow refunds if the goal is not reached', free],
  ['SafeMath should throw an error on addition overflow', noData],
  ['hook: after test for "should throw an error on addition overflow"', noData],
]);
/** A test that goes by the clock, to three seconds; it may fail where much else runs. */
const hurried = 'TokenTimelock cannot be released just before time limit';

function reason() {
  if (noPlume) return noPlume;
  return existsSync(truffle) ? false : 'Truffle is not installed: make clients';
}

/** The files of tests below a directory that can be run. */
const filesIn = (directory) =>
  readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    const isTest = entry.name.endsWith('.test.js');
    return isTest && !readFileSync(path, 'utf8').includes(notToBeHad) ? [path] : [];
  });

/** Runs Truffle in a copy of the package; resolves to what it writes. */
function run(directory, files, rpc) {
  for (const name of ['contracts', 'migrations', 'test'])
    cpSync(join(modules, 'zeppelin-solidity', name), join(directory, name), { recursive: true });
  cpSync(join(suite, 'truffle-config.js'), join(directory, 'truffle-config.js'));
  symlinkSync(modules, join(directory, 'node_modules'));
  const env = { ...process.env, PLUME_RPC: rpc };
  const options = { cwd: directory, env, timeout: patience };
  const program = spawn(process.execPath, [truffle, 'test', ...files], options);
  let text = '';
  for (const stream of [program.stdout, program.stderr])
    stream.on('data', (more) => (text += more));
  return new Promise((done) => program.on('close', () => done(text)));
}

test('the tests of zeppelin-solidity pass as they are', { skip: reason() }, async (t) => {
  const directory = temporaryDirectory();
  const node = await startPlume({ args: ['--balance', '1000000'] });
  try {
    const isWhole = process.env.FOREIGN === 'all';
    const all = filesIn(join(modules, 'zeppelin-solidity/test'));
    const files = isWhole
      ? all.map((path) => relative(join(modules, 'zeppelin-solidity'), path))
      : part.map((name) => `test/${name}.test.js`);
    const text = await run(directory.path, files, node.rpc);
    const results = [...text.matchAll(/^(not ok|ok) \d+ (.*)$/gm)];
    const failed = results.filter(([, how]) => how === 'not ok').map(([, , name]) => name.trim());
    const isSkipped = (title) =>
      title.endsWith(hurried) || [...skipped.keys()].some((end) => title.endsWith(end));
    t.diagnostic(`${results.length - failed.length} of ${results.length} passed`);
    for (const title of failed.filter(isSkipped)) {
      const found = [...skipped].find(([end]) => title.endsWith(end));
      const why = found ? found[1] : 'late by the clock';
      t.diagnostic(`skipped: ${title}: ${why}`);
    }
    assert.ok(results.length >= (isWhole ? 400 : 25), text.slice(-2_000));
    assert.deepEqual(failed.filter((title) => !isSkipped(title)), [], text.slice(-4_000));
    if (isWhole)
      for (const [end, why] of skipped)
        assert.ok(failed.some((title) => title.endsWith(end)), `passes now: ${end}: ${why}`);
  } finally {
    await node.stop();
    directory.remove();
  }
});
