// A node that keeps the newest states only: what is kept is answered as before, what is older is
// refused with the range that is there, and blocks and receipts are there for good.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { noPlume, plume, startPlume, temporaryDirectory, testAccount } from './support/node.mjs';
import { post, receiptOf, rpc } from './support/rpc.mjs';

const hex = (number) => `0x${number.toString(16)}`;
const target = testAccount(1).address;

async function pay(node) {
  const raw = await testAccount(0).signTransaction({
    chainId: node.chainId,
    type: 'eip1559',
    nonce: Number(await rpc(node.rpc, 'eth_getTransactionCount', [testAccount(0).address, 'latest'])),
    to: target,
    value: 1n,
    gas: 21_000n,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 10n ** 9n,
  });
  return receiptOf(node.rpc, await rpc(node.rpc, 'eth_sendRawTransaction', [raw]));
}

/** The error of a request. */
async function refusal(node, method, params) {
  const { error } = await post(node.rpc, { jsonrpc: '2.0', id: 1, method, params });
  assert.ok(error, `${method} ${JSON.stringify(params)} is refused`);
  return error;
}

test('the newest states are answered and older ones refused', { skip: noPlume }, async (t) => {
  const data = temporaryDirectory();
  t.after(() => data.remove());
  const start = (...args) =>
    startPlume({ data: data.path, command: 'start', args: ['--no-metrics', ...args] });
  let node = await startPlume({ data: data.path });
  t.after(() => node.kill());
  await rpc(node.rpc, 'hardhat_mine', ['0x50']);
  const receipts = [];
  for (let i = 0; i < 6; ++i) receipts.push(await pay(node));
  let head = Number(await rpc(node.rpc, 'eth_blockNumber'));
  const balances = [];
  for (let number = 0; number <= head; ++number)
    balances.push(await rpc(node.rpc, 'eth_getBalance', [target, hex(number)]));
  await node.stop();

  node = await start('--history', '4');
  const expectKept = async (from) => {
    for (let number = head - 6; number <= head; ++number) {
      if (number >= from) {
        const balance = await rpc(node.rpc, 'eth_getBalance', [target, hex(number)]);
        assert.equal(balance, balances[number], `block ${number}`);
        continue;
      }
      const error = await refusal(node, 'eth_getBalance', [target, hex(number)]);
      assert.equal(error.code, -32000);
      assert.equal(
        error.message,
        `historical state of block ${number} is not available: ` +
          `this node keeps the states of blocks ${from} to ${head}`,
      );
    }
  };
  await expectKept(head - 3);
  const old = hex(head - 5);
  for (const [method, params] of [
    ['eth_call', [{ to: target }, old]],
    ['eth_getCode', [target, old]],
    ['eth_getStorageAt', [target, '0x0', old]],
    ['eth_getTransactionCount', [target, 'earliest']],
    ['eth_getProof', [target, [], old]],
    ['eth_estimateGas', [{ to: target }, old]],
    ['debug_traceBlockByNumber', [old, {}]],
    ['debug_traceTransaction', [receipts[0].transactionHash, {}]],
    ['trace_block', [old]],
  ]) {
    const { code, message } = await refusal(node, method, params);
    assert.equal(code, -32000, method);
    assert.match(message, /^historical state .* is not available/, method);
  }
  const block = await rpc(node.rpc, 'eth_getBlockByNumber', [old, true]);
  assert.equal(block.transactions.length, 1);
  assert.deepEqual(
    await rpc(node.rpc, 'eth_getTransactionReceipt', [receipts[0].transactionHash]),
    receipts[0],
  );
  assert.ok(await rpc(node.rpc, 'debug_traceTransaction', [receipts[5].transactionHash, {}]));

  const status = await plume('status', '--rpc', node.rpc);
  assert.match(status.stdout, new RegExp(`history +states from block ${head - 3} on`));
  await pay(node);
  head += 1;
  balances.push(await rpc(node.rpc, 'eth_getBalance', [target, 'latest']));
  await expectKept(head - 3);
  await node.stop();

  // The first start has pruned, for good: its head was one block earlier.
  const verified = JSON.parse((await plume('verify', '--data', data.path, '--json')).stdout);
  assert.equal(verified.statesFrom, head - 4);
  node = await start();
  assert.match(node.talk(), /older states were pruned and do not come back/);
  await expectKept(head - 4);
  await node.stop();
});

test('a history is all or a number', { skip: noPlume }, async () => {
  for (const wrong of ['0', 'none', '1000000001']) {
    const refused = await plume('start', '--data', '/nonexistent', '--history', wrong);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /is neither all nor a whole number from 1 to 1000000000/);
  }
});
