// Development methods as their users call them: every function of Hardhat's network helpers, viem's
// test actions, console.log, and what ethers does with accounts that the node holds.
import assert from 'node:assert/strict';
import Module, { createRequire } from 'node:module';
import { after, before, describe as group, test } from 'node:test';

import { JsonRpcProvider } from 'ethers';
import { createTestClient, http, parseEther, publicActions, walletActions } from 'viem';
import { foundry } from 'viem/chains';

import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { rpc } from './support/rpc.mjs';

const require = createRequire(import.meta.url);
const someone = '0x00000000000000000000000000000000000000aa';
const word = (number) => `0x${number.toString(16).padStart(64, '0')}`;

/**
 * The helpers take the network from the module "hardhat", and from a part of it the class that their
 * errors extend; here both are stood in for.
 */
function helpersFor(url) {
  const network = { name: 'plume', config: {} };
  network.provider = { request: ({ method, params }) => rpc(url, method, params ?? []) };
  const stand = {
    hardhat: { network },
    'hardhat/common': { CustomError: Error },
  };
  const load = Module._load;
  Module._load = (request, ...more) => stand[request] ?? load(request, ...more);
  return require('@nomicfoundation/hardhat-network-helpers');
}

group('hardhat network helpers', { skip: noPlume }, () => {
  let node;
  let helpers;
  const ask = (method, ...params) => rpc(node.rpc, method, params);
  const number = async () => Number(await ask('eth_blockNumber'));
  before(async () => {
    node = await startPlume();
    helpers = helpersFor(node.rpc);
  });
  after(() => node.stop());

  test('mine, mineUpTo', async () => {
    await helpers.mine();
    await helpers.mine(9, { interval: 60 });
    assert.equal(await number(), 10);
    await helpers.mineUpTo(12);
    assert.equal(await number(), 12);
  });

  test('time: latest, latestBlock, increase, increaseTo, setNextBlockTimestamp', async () => {
    const { time } = helpers;
    const start = await time.latest();
    assert.equal(await time.latestBlock(), await number());
    assert.equal(await time.increase(3600), start + 3600);
    await time.increaseTo(start + 7200);
    assert.equal(await time.latest(), start + 7200);
    await time.setNextBlockTimestamp(start + 10_000);
    await helpers.mine();
    assert.equal(await time.latest(), start + 10_000);
    assert.ok(time.duration.days(1) === 86_400);
  });

  test('setBalance, setNonce, setCode, setStorageAt, getStorageAt', async () => {
    await helpers.setBalance(someone, 10n ** 18n);
    assert.equal(await ask('eth_getBalance', someone, 'latest'), '0xde0b6b3a7640000');
    await helpers.setNonce(someone, 7);
    assert.equal(await ask('eth_getTransactionCount', someone, 'latest'), '0x7');
    await helpers.setCode(someone, '0x6001');
    assert.equal(await ask('eth_getCode', someone, 'latest'), '0x6001');
    await helpers.setStorageAt(someone, 3, 9);
    assert.equal(await helpers.getStorageAt(someone, 3), word(9));
  });

  test('impersonateAccount, stopImpersonatingAccount', async () => {
    const sender = '0x00000000000000000000000000000000000000bb';
    await helpers.setBalance(sender, 10n ** 18n);
    await helpers.impersonateAccount(sender);
    const send = () => ask('eth_sendTransaction', { from: sender, to: someone, value: '0x1' });
    const receipt = await ask('eth_getTransactionReceipt', await send());
    assert.equal(receipt.status, '0x1');
    assert.equal(receipt.from, sender);
    await helpers.stopImpersonatingAccount(sender);
    await assert.rejects(send, { code: -32602 });
  });

  test('setCoinbase, setPrevRandao, setNextBlockBaseFeePerGas, setBlockGasLimit', async () => {
    await helpers.setCoinbase(someone);
    await helpers.setPrevRandao(5);
    await helpers.setNextBlockBaseFeePerGas(123);
    await helpers.setBlockGasLimit(30_000_000);
    await helpers.mine();
    const block = await ask('eth_getBlockByNumber', 'latest', false);
    assert.equal(block.miner, someone);
    assert.equal(block.mixHash, word(5));
    assert.equal(block.baseFeePerGas, '0x7b');
    assert.equal(block.gasLimit, '0x1c9c380');
  });

  test('takeSnapshot, loadFixture, clearSnapshots, reset', async () => {
    const begin = await number();
    const snapshot = await helpers.takeSnapshot();
    for (let i = 0; i < 3; ++i) {
      await helpers.mine(2);
      await helpers.setBalance(someone, 5);
      await snapshot.restore();
      assert.equal(await number(), begin);
    }
    let calls = 0;
    async function fixture() {
      ++calls;
      await helpers.mine();
      return number();
    }
    for (let i = 0; i < 3; ++i) {
      assert.equal(await helpers.loadFixture(fixture), begin + 1);
      assert.equal(await number(), begin + 1);
      await helpers.mine(5);
    }
    assert.equal(calls, 1);
    await helpers.reset();
    assert.equal(await number(), 0);
    assert.equal(await ask('eth_getBalance', someone, 'latest'), '0x0');
  });

  test('dropTransaction', async () => {
    await ask('evm_setAutomine', false);
    const from = node.accounts[0].address;
    const hash = await ask('eth_sendTransaction', { from, to: someone, value: '0x1' });
    assert.equal(await helpers.dropTransaction(hash), true);
    assert.equal(await helpers.dropTransaction(hash), false);
    await ask('evm_setAutomine', true);
    assert.equal(await ask('eth_getTransactionByHash', hash), null);
  });
});

group('viem test client', { skip: noPlume }, () => {
  let node;
  let client;
  before(async () => {
    node = await startPlume();
    client = createTestClient({ chain: foundry, mode: 'anvil', transport: http(node.rpc) })
      .extend(publicActions)
      .extend(walletActions);
  });
  after(() => node.stop());

  test('its actions do what they say', async () => {
    const from = testAccount(0).address;
    const id = await client.snapshot();
    await client.setBalance({ address: someone, value: parseEther('1') });
    await client.impersonateAccount({ address: someone });
    const hash = await client.sendTransaction({ account: someone, to: from, value: 1n });
    assert.equal((await client.getTransactionReceipt({ hash })).status, 'success');
    await client.stopImpersonatingAccount({ address: someone });
    await client.mine({ blocks: 3, interval: 5 });
    await client.increaseTime({ seconds: 100 });
    await client.setNextBlockTimestamp({ timestamp: BigInt(2_000_000_000) });
    await client.mine({ blocks: 1 });
    assert.equal((await client.getBlock()).timestamp, 2_000_000_000n);
    await client.setBlockTimestampInterval({ interval: 5 });
    await client.mine({ blocks: 1 });
    assert.equal((await client.getBlock()).timestamp, 2_000_000_005n);
    await client.removeBlockTimestampInterval();
    await client.setCode({ address: someone, bytecode: '0x6001' });
    await client.setNonce({ address: someone, nonce: 9 });
    await client.setStorageAt({ address: someone, index: 1, value: word(4) });
    assert.equal(await client.getStorageAt({ address: someone, slot: '0x1' }), word(4));
    await client.setCoinbase({ address: someone });
    await client.setNextBlockBaseFeePerGas({ baseFeePerGas: 7n });
    await client.setBlockGasLimit({ gasLimit: 30_000_000n });
    await client.setLoggingEnabled(false);
    await client.revert({ id });
    assert.equal(await client.getBlockNumber(), 0n);
    assert.equal(await client.getBalance({ address: someone }), 0n);
  });

  test('mining is switched off and on, and the pool seen', async () => {
    assert.equal(await client.getAutomine(), true);
    await client.setAutomine(false);
    const account = testAccount(1).address;
    const hash = await client.sendTransaction({ account, to: someone, value: 1n });
    const other = await client.sendTransaction({ account, to: someone, value: 2n });
    assert.deepEqual(await client.getTxpoolStatus(), { pending: 2, queued: 0 });
    assert.equal(Object.keys((await client.getTxpoolContent()).pending).length, 1);
    await client.dropTransaction({ hash: other });
    await client.mine({ blocks: 1 });
    const block = await client.getBlock();
    assert.deepEqual(block.transactions, [hash]);
    await client.setAutomine(true);
    await client.setIntervalMining({ interval: 0 });
    assert.equal(await client.getAutomine(), false);
    await client.setAutomine(true);
  });

  test('state is dumped and loaded', async () => {
    await client.setBalance({ address: someone, value: 12_345n });
    const state = await client.dumpState();
    const other = await startPlume();
    try {
      assert.equal(await rpc(other.rpc, 'anvil_loadState', [state]), true);
      const balance = await rpc(other.rpc, 'eth_getBalance', [someone, 'latest']);
      assert.equal(BigInt(balance), 12_345n);
    } finally {
      await other.stop();
    }
  });
});

test('ethers signs and sends with the accounts of the node', { skip: noPlume }, async () => {
  const node = await startPlume();
  const provider = new JsonRpcProvider(node.rpc, undefined, { polling: true });
  try {
    const signer = await provider.getSigner(1);
    assert.equal(await signer.getAddress(), testAccount(1).address);
    const message = 'a message';
    const signature = await signer.signMessage(message);
    assert.equal(signature, await testAccount(1).signMessage({ message }));
    const domain = { name: 'A', version: '1', chainId: 31337, verifyingContract: someone };
    const types = { Mail: [{ name: 'to', type: 'address' }, { name: 'n', type: 'int8[2]' }] };
    const value = { to: someone, n: [-1, 2] };
    assert.equal(
      await signer.signTypedData(domain, types, value),
      await testAccount(1).signTypedData({ domain, types, primaryType: 'Mail', message: value }),
    );
    const sent = await signer.sendTransaction({ to: someone, value: 1n });
    const receipt = await provider.getTransactionReceipt(sent.hash);
    assert.equal(receipt.status, 1);
  } finally {
    provider.destroy();
    await node.stop();
  }
});

test('console.log succeeds, and is heard where the log is', { skip: noPlume }, async () => {
  const node = await startPlume();
  try {
    const [{ address: from }] = node.accounts;
    const to = '0x000000000000000000636F6e736F6c652e6c6f67';
    const data = `0x41304fac${word(32).slice(2)}${word(2).slice(2)}6869${'0'.repeat(60)}`;
    const hash = await rpc(node.rpc, 'eth_sendTransaction', [{ from, to, data }]);
    const receipt = await rpc(node.rpc, 'eth_getTransactionReceipt', [hash]);
    assert.equal(receipt.status, '0x1');
  } finally {
    await node.stop();
  }
});

test('a reverting transaction is mined, and its gas is what it may have', { skip: noPlume }, async () => {
  const node = await startPlume();
  try {
    const [{ address: from }] = node.accounts;
    const to = '0x00000000000000000000000000000000000000cc';
    await rpc(node.rpc, 'anvil_setCode', [to, '0x60006000fd']);
    const hash = await rpc(node.rpc, 'eth_sendTransaction', [{ from, to }]);
    const receipt = await rpc(node.rpc, 'eth_getTransactionReceipt', [hash]);
    assert.equal(receipt.status, '0x0');
  } finally {
    await node.stop();
  }
});
