// Hardhat against `plume dev`. It brings its own chain along, which nothing here needs: 240 MB that
// `make hardhat` installs before it runs this.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { foundMission } from './support/mission.mjs';
import { noPlume, startPlume, temporaryDirectory } from './support/node.mjs';

const project = join(dirname(fileURLToPath(import.meta.url)), 'project');
const program = join(project, 'node_modules/hardhat/internal/cli/bootstrap.js');
const nodeMin = 20;

function reason() {
  if (noPlume) return noPlume;
  const version = Number(process.versions.node.split('.')[0]);
  if (version < nodeMin) return `Hardhat wants node ${nodeMin}; this is ${process.version}`;
  return existsSync(program) ? false : 'Hardhat is not installed: make hardhat';
}

test('hardhat compiles, deploys, and pays native tokens', { skip: reason() }, async () => {
  const made = temporaryDirectory();
  const node = await startPlume();
  try {
    const mission = await foundMission(node);
    const env = {
      ...process.env,
      HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
      HARDHAT_MADE: made.path,
      PLUME_RPC: node.rpc,
      TOKEN: mission.currency,
    };
    const args = [program, 'run', '--network', 'plume', 'script/till.cjs'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project, env });
    const { network, owner, holds, paid, events, refused } = JSON.parse(
      stdout.trim().split('\n').pop(),
    );
    assert.equal(network, node.chainId);
    assert.equal(owner, node.accounts[0].address);
    assert.deepEqual([holds, paid, events], [60, 40, 2]);
    assert.equal(refused, 'NotOwner');
  } finally {
    await node.stop();
    made.remove();
  }
});

test("the tests of Hardhat's sample project pass as they are", { skip: reason() }, async () => {
  const made = temporaryDirectory();
  const node = await startPlume();
  try {
    const env = {
      ...process.env,
      HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
      HARDHAT_MADE: made.path,
      PLUME_RPC: node.rpc,
    };
    const args = [program, '--config', 'lock.config.cjs', 'test'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project, env });
    assert.match(stdout, /\b9 passing/);
    assert.doesNotMatch(stdout, /failing|pending/);
  } finally {
    await node.stop();
    made.remove();
  }
});
