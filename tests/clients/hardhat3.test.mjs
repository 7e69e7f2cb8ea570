// Hardhat 3 against `plume dev`: the projects that it gives to its users, with their contracts,
// tests and deployments as they are, and its network helpers. It needs node 22, which `make
// hardhat3` takes from npm with the rest, 400 MB in all.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { noPlume, startPlume, temporaryDirectory } from './support/node.mjs';

const foreign = join(dirname(fileURLToPath(import.meta.url)), '../foreign');
const suite = join(foreign, 'hardhat3');
const modules = join(suite, 'node_modules');
const node22 = join(foreign, `node22/node_modules/node-linux-${process.arch}/bin/node`);
const program = join(modules, 'hardhat/dist/src/cli.js');
const templates = join(modules, 'hardhat/templates');

const reason = () =>
  noPlume || ([program, node22].every(existsSync) ? false : 'Hardhat 3 is not installed: make hardhat3');

group('hardhat 3', { skip: reason() }, () => {
  let node;
  before(async () => (node = await startPlume()));
  after(() => node.stop());

  /** Makes a project of a template and runs a command of Hardhat in it; resolves to what it writes. */
  async function run(template, toolbox, ...args) {
    const project = temporaryDirectory();
    const from = join(templates, template);
    try {
      for (const name of ['contracts', 'test', 'ignition', 'tsconfig.json'])
        cpSync(join(from, name), join(project.path, name), { recursive: true });
      // A test in Solidity, which Hardhat runs on a chain of its own, with a library from GitHub.
      rmSync(join(project.path, 'contracts/Counter.t.sol'));
      cpSync(join(suite, 'package.json'), join(project.path, 'package.json'));
      cpSync(join(suite, 'hardhat.config.ts'), join(project.path, 'hardhat.config.ts'));
      if (toolbox === 'viem') cpSync(join(suite, 'helpers.ts'), join(project.path, 'test/helpers.ts'));
      symlinkSync(modules, join(project.path, 'node_modules'));
      const env = {
        ...process.env,
        CI: 'true',
        HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true',
        PATH: `${dirname(node22)}:${process.env.PATH}`,
        PLUME_RPC: node.rpc,
        TOOLBOX: toolbox,
      };
      // A run inside a run would report to the outer one.
      delete env.NODE_TEST_CONTEXT;
      const options = { cwd: project.path, env, maxBuffer: 1 << 24 };
      const { stdout, stderr } = await promisify(execFile)(node22, [program, ...args], options).catch(
        (error) => assert.fail(`${error.stdout}\n${error.stderr}`.slice(-6_000)),
      );
      return stdout + stderr;
    } finally {
      project.remove();
    }
  }

  test('the tests of its template for viem and its network helpers pass', async () => {
    const text = await run('01-node-test-runner-viem', 'viem', 'test', 'nodejs');
    assert.match(text, /\b7 passing/);
    assert.doesNotMatch(text, /failing|skipped/);
  });

  test('the tests of its template for ethers pass', async () => {
    const text = await run('02-mocha-ethers', 'mocha-ethers', 'test', 'mocha');
    assert.match(text, /\b2 passing/);
    assert.doesNotMatch(text, /failing|pending/);
  });

  test('Ignition deploys the module of the template', async () => {
    const args = ['ignition', 'deploy', 'ignition/modules/Counter.ts', '--network', 'default'];
    const text = await run('01-node-test-runner-viem', 'viem', ...args);
    assert.match(text, /CounterModule#Counter - 0x[0-9a-fA-F]{40}/);
  });
});
