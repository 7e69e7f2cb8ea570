// The tests of the sample project that Hardhat 2 brings along in its npm package, as they are, on a
// node instead of its own chain: fixtures, time travel, custom errors, events, balances.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { noPlume, startPlume, temporaryDirectory } from './support/node.mjs';

const suite = join(dirname(fileURLToPath(import.meta.url)), '../foreign/hardhat2');
const program = join(suite, 'node_modules/hardhat/internal/cli/bootstrap.js');

const reason = () =>
  noPlume || (existsSync(program) ? false : 'Hardhat 2 is not installed: make clients');

test("the tests of Hardhat 2's sample project pass as they are", { skip: reason() }, async () => {
  const made = temporaryDirectory();
  const node = await startPlume();
  try {
    const env = {
      ...process.env,
      HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
      HARDHAT_MADE: made.path,
      PLUME_RPC: node.rpc,
    };
    const args = [program, '--config', 'hardhat.config.cjs', 'test'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: suite, env }).catch(
      (error) => assert.fail(`${error.stdout}\n${error.stderr}`.slice(-4_000)),
    );
    assert.match(stdout, /\b9 passing/);
    assert.doesNotMatch(stdout, /failing|pending/);
  } finally {
    await node.stop();
    made.remove();
  }
});
