// Hardhat against `plume dev`. It brings its own chain along, which nothing here needs: 240 MB that
// `make hardhat` installs before it runs this.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
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

group('hardhat', { skip: reason() }, () => {
  let node, mission, made;

  before(async () => {
    made = temporaryDirectory();
    node = await startPlume();
    mission = await foundMission(node);
  });
  after(async () => {
    await node?.stop();
    made?.remove();
  });

  test('compiles, deploys, and pays native tokens from a contract', async () => {
    const env = {
      ...process.env,
      HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
      HARDHAT_MADE: made.path,
      PLUME_RPC: node.rpc,
      TOKEN: mission.currency,
    };
    const args = [program, 'run', '--network', 'plume', 'script/till.cjs'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project, env });
    const said = JSON.parse(stdout.trim().split('\n').pop());
    const { network, holds, paid, events, owner, refused } = said;
    assert.deepEqual(
      { network, holds, paid, events },
      {
        network: node.chainId,
        holds: 60,
        paid: 40,
        events: 2,
      },
    );
    assert.equal(owner, node.accounts[0].address);
    assert.equal(refused, 'NotOwner');
  });
});
