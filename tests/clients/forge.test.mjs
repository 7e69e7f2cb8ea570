// Foundry's forge and cast deploy to `plume dev`, with no other flags than anywhere.
//
// A script is first run in forge's own EVM, which knows the code of native contracts but not what
// it stands for: a script deploys next to them; calls to them are for cast and for clients.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launchCurrency } from './support/mission.mjs';
import { cast, forge, noPlume, startPlume, temporaryDirectory } from './support/node.mjs';
import { testAccount } from './support/node.mjs';
import { compile } from './support/solidity.mjs';
import { Person } from './support/wallet.mjs';

const project = join(dirname(fileURLToPath(import.meta.url)), 'project');

group('forge', { skip: noPlume }, () => {
  let node, founder, currency, workplace, access, key;

  before(async () => {
    workplace = temporaryDirectory();
    const filter = (path) => !path.includes('node_modules');
    cpSync(project, workplace.path, { recursive: true, filter });
    node = await startPlume();
    founder = new Person(node, testAccount(0));
    currency = await launchCurrency(node, founder);
    key = ['--private-key', node.accounts[0].key];
    access = ['--rpc-url', node.rpc, ...key];
  });
  after(async () => {
    await node?.stop();
    workplace?.remove();
  });

  const send = async (...args) => JSON.parse(await cast('send', ...args, ...access, '--json'));
  const ask = (...args) => cast('call', ...args, '--rpc-url', node.rpc);

  /** The till is given a hundred of the native token and pays forty. */
  async function works(till) {
    assert.equal(await ask(till, 'token()(address)'), currency.address);
    const transfer = 'transfer(address,uint256)';
    assert.equal((await send(currency.address, transfer, till, '100')).status, '0x1');
    const paid = await send(till, 'pay(address,uint256)', node.accounts[7].address, '40');
    assert.equal(paid.status, '0x1');
    assert.deepEqual(
      paid.logs.map(({ address }) => address),
      [currency.address, till].map((address) => address.toLowerCase()),
    );
    assert.equal(await ask(till, 'holds()(uint256)'), '60');
  }

  test('script --broadcast sends what a script does', async () => {
    const run = ['script', 'script/Open.s.sol', '--sig', 'run(address)', currency.address];
    const said = await forge(workplace.path, ...run, '--broadcast', ...access, '--json');
    const lines = said
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    const { returns } = lines.find((line) => line.returns);
    const tills = [returns.first.value, returns.second.value];
    const receipts = lines.filter((line) => line.contract_address);
    assert.deepEqual(
      receipts.map((receipt) => [receipt.status, receipt.contract_address]).sort(),
      tills.map((till) => ['success', till]).sort(),
    );
    for (const till of tills) await works(till);
  });

  test('create deploys', async () => {
    const create = ['create', 'contracts/Till.sol:Till', '--broadcast', ...access, '--json'];
    const said = await forge(workplace.path, ...create, '--constructor-args', currency.address);
    await works(JSON.parse(said).deployedTo);
  });

  test('cast send --create deploys', async () => {
    const { bytecode } = compile('Coin');
    const args = ['--create', bytecode, 'constructor(uint256)', '77'];
    const { status, contractAddress } = await cast('send', ...access, '--json', ...args).then(
      JSON.parse,
    );
    assert.equal(status, '0x1');
    assert.equal(await ask(contractAddress, 'totalSupply()(uint256)'), '77');
  });
});
