// Subscriptions and filters as the libraries people use ask for them: viem, ethers and cast, by
// WebSocket and by polling. Every block and log comes once and in order.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe as group, test } from 'node:test';

import { Contract, JsonRpcProvider, WebSocketProvider } from 'ethers';
import { createPublicClient, http, parseAbi, webSocket } from 'viem';
import { foundry } from 'viem/chains';

import { launchToken } from './support/mission.mjs';
import { foundryProgram, noPlume, startPlume, testAccount } from './support/node.mjs';
import { rpc } from './support/rpc.mjs';
import { transact } from './support/wallet.mjs';

const erc20 = parseAbi([
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'function transfer(address, uint256) returns (bool)',
]);
const ethersErc20 = ['event Transfer(address indexed from, address indexed to, uint256 value)'];
const patience = 30_000;

/** Things that come in one by one, and a way to wait for so many of them. */
function collector() {
  const items = [];
  let wake = () => {};
  const push = (item) => {
    items.push(item);
    wake();
  };
  const wait = async (count) => {
    const end = Date.now() + patience;
    while (items.length < count) {
      assert.ok(Date.now() < end, `${items.length} of ${count} came`);
      await new Promise((done) => {
        wake = done;
        setTimeout(done, 100);
      });
    }
    return items;
  };
  return { items, push, wait };
}

group('subscriptions and filters', { skip: noPlume }, () => {
  let node, token, founder, url;

  before(async () => {
    node = await startPlume();
    url = node.rpc.replace('http:', 'ws:');
    founder = testAccount(0);
    token = await launchToken(node, {
      name: 'Told',
      symbol: 'TOLD',
      decimals: 6,
      supply: 1_000_000n,
      issuer: founder.address,
      mintable: false,
    });
  });
  after(() => node?.stop());

  const pay = (amount) =>
    transact(node, founder, {
      to: token,
      abi: erc20,
      call: ['transfer', [testAccount(1).address, amount]],
    });

  for (const [name, transport, more] of [
    ['WebSocket', () => webSocket(url), {}],
    ['filters', () => http(node.rpc), { poll: true, pollingInterval: 20 }],
  ])
    test(`viem watches blocks, events and transactions by ${name}`, async () => {
      const client = createPublicClient({
        chain: foundry,
        transport: transport(),
        pollingInterval: 20,
        cacheTime: 0,
      });
      const [blocks, logs, pending] = [collector(), collector(), collector()];
      const fail = (error) => assert.fail(error);
      const stops = [
        client.watchBlockNumber({ onBlockNumber: blocks.push, onError: fail, ...more }),
        client.watchContractEvent({
          address: token,
          abi: erc20,
          eventName: 'Transfer',
          onLogs: (found) => found.forEach(logs.push),
          onError: fail,
          ...more,
        }),
        client.watchPendingTransactions({
          onTransactions: (found) => found.forEach(pending.push),
          onError: fail,
          ...more,
        }),
      ];
      // The watchers have begun once a block is told of.
      await new Promise((done) => setTimeout(done, 500));
      const receipts = [];
      for (let i = 1n; i <= 5n; ++i) receipts.push(await pay(i));
      const told = (await logs.wait(5)).slice(0, 5);
      assert.deepEqual(
        told.map((log) => [log.transactionHash, log.args.value]),
        receipts.map((receipt, i) => [receipt.transactionHash, BigInt(i + 1)]),
      );
      await pending.wait(5);
      assert.deepEqual(
        pending.items.slice(0, 5),
        receipts.map(({ transactionHash }) => transactionHash),
      );
      await blocks.wait(1);
      assert.ok(blocks.items.every((number, i) => i === 0 || number > blocks.items[i - 1]));
      for (const stop of stops) stop();
      assert.equal(logs.items.length, 5);
      if (name === 'WebSocket') (await client.transport.getRpcClient()).close();
    });

  for (const [name, connect] of [
    ['WebSocket', () => new WebSocketProvider(url)],
    ['filters', () => new JsonRpcProvider(node.rpc, undefined, { pollingInterval: 20 })],
  ])
    test(`ethers hears blocks and events by ${name}`, async () => {
      const provider = connect();
      const [blocks, events] = [collector(), collector()];
      await provider.on('block', blocks.push);
      const contract = new Contract(token, ethersErc20, provider);
      await contract.on('Transfer', (from, to, value) => events.push(value));
      await new Promise((done) => setTimeout(done, 500));
      const first = await pay(100n);
      await pay(200n);
      await events.wait(2);
      assert.deepEqual(events.items, [100n, 200n]);
      await blocks.wait(1);
      assert.ok(blocks.items.includes(Number(first.blockNumber)) || name === 'filters');
      await contract.removeAllListeners();
      await provider.removeAllListeners();
      // It takes its leave in the background, and would complain of being cut short.
      await provider.getBlockNumber();
      await new Promise((done) => setTimeout(done, 500));
      await provider.destroy();
    });

  test('cast subscribes to logs', async () => {
    const args = ['logs', '--subscribe', '--rpc-url', url, '--address', token];
    const child = spawn(foundryProgram('cast'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (complaint += chunk));
    try {
      const end = Date.now() + patience;
      // It says nothing when it has begun, so it is told of transfers until it repeats one.
      while (!output.includes('transactionHash')) {
        assert.ok(Date.now() < end, `cast said: ${output} ${complaint}`);
        await pay(1n);
        await new Promise((done) => setTimeout(done, 200));
      }
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('filters answer with the errors that clients know', async () => {
    await assert.rejects(rpc(node.rpc, 'eth_getFilterChanges', ['0xdead']), {
      code: -32000,
      message: 'filter not found',
    });
    await assert.rejects(rpc(node.rpc, 'eth_subscribe', ['newHeads']), { code: -32601 });
    assert.equal(await rpc(node.rpc, 'eth_uninstallFilter', ['0xdead']), false);
  });

  test('a stopping node says that it goes away', async () => {
    const own = await startPlume();
    const socket = new (await import('ws')).WebSocket(own.rpc.replace('http:', 'ws:'));
    await new Promise((done, fail) => socket.once('open', done).once('error', fail));
    const closed = new Promise((done) => socket.once('close', done));
    await own.stop();
    assert.equal(await closed, 1001);
  });
});
