// The pool as those see it who send to it: what was acknowledged outlives the node, whatever ends
// it, and what is refused is refused in geth's words.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { keccak256 } from 'viem';

import { noPlume, startPlume, temporaryDirectory, testAccount } from './support/node.mjs';
import { generator, seedOfRun } from './support/random.mjs';
import { RpcFailure, receiptOf, rpc, rpcBatch } from './support/rpc.mjs';
import { writer } from './support/wallet.mjs';

const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
const recipient = '0x00000000000000000000000000000000c0ffee00';

const payment = (account, chainId, nonce, more = {}) =>
  account.signTransaction({
    chainId,
    nonce,
    type: 'eip1559',
    to: recipient,
    value: 1n,
    gas: 21_000n,
    ...fees,
    ...more,
  });

const hourly = ['--block-time', '3600'];

/**
 * A chain whose accounts plume dev has funded. `start(...args)` runs `plume start` on it; when the
 * test ends, what still runs is ended and the directory removed.
 */
async function foundChain(t) {
  const folder = temporaryDirectory();
  const data = join(folder.path, 'data');
  await (await startPlume({ data })).stop();
  const nodes = [];
  t.after(async () => {
    for (const node of nodes) await node.kill();
    folder.remove();
  });
  const start = async (...args) => {
    const node = await startPlume({ data, command: 'start', args: ['--no-metrics', ...args] });
    nodes.push(node);
    return node;
  };
  return { data, start };
}

/** Sends payments until the node is gone or all are sent; resolves to what was acknowledged. */
async function sendUntilGone(node, account, firstNonce, count) {
  const acknowledged = [];
  for (let nonce = firstNonce; nonce < firstNonce + count; ++nonce) {
    const raw = await payment(account, node.chainId, nonce);
    try {
      acknowledged.push(await rpc(node.rpc, 'eth_sendRawTransaction', [raw]));
    } catch (error) {
      if (error instanceof RpcFailure) throw error;
      break;
    }
  }
  return acknowledged;
}

test('what was acknowledged and waits outlives kill -9', { skip: noPlume }, async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`seed ${seed}`);
  const random = generator(seed);
  const { start } = await foundChain(t);
  let all = [];
  for (let round = 0; round < 4; ++round) {
    const node = await start(...hourly);
    const known = await rpcBatch(
      node.rpc,
      all.map((hash) => ['eth_getTransactionByHash', [hash]]),
    );
    known.forEach((found, i) => assert.equal(found?.hash, all[i], `round ${round}, SEED=${seed}`));
    const nonces = await Promise.all(
      [0, 1, 2, 3].map((i) =>
        rpc(node.rpc, 'eth_getTransactionCount', [testAccount(i).address, 'pending']),
      ),
    );
    const sending = [0, 1, 2, 3].map((i) =>
      sendUntilGone(node, testAccount(i), Number(nonces[i]), 200),
    );
    await new Promise((done) => setTimeout(done, 100 + random.below(600)));
    await node.kill();
    const heard = await Promise.all(sending);
    all = all.concat(...heard);
  }
  const node = await start();
  for (const hash of all) assert.equal((await receiptOf(node.rpc, hash)).status, '0x1');
  assert.equal((await node.stop()).code, 0);
  t.diagnostic(`${all.length} acknowledged`);
  assert.ok(all.length > 20, 'there was load');
});

test('what waits for an earlier nonce outlives a stop too', { skip: noPlume }, async (t) => {
  const { start } = await foundChain(t);
  let node = await start();
  const account = testAccount(0);
  const ahead = await payment(account, node.chainId, 2);
  const behind = await payment(account, node.chainId, 1);
  for (const raw of [ahead, behind]) await rpc(node.rpc, 'eth_sendRawTransaction', [raw]);
  assert.equal((await node.stop()).code, 0);
  node = await start();
  assert.deepEqual(await rpc(node.rpc, 'txpool_status'), { pending: '0x0', queued: '0x2' });
  const missing = await payment(account, node.chainId, 0);
  await rpc(node.rpc, 'eth_sendRawTransaction', [missing]);
  for (const raw of [missing, behind, ahead])
    assert.equal((await receiptOf(node.rpc, keccak256(raw))).status, '0x1');
});

test('--no-pool-journal keeps nothing, also of what was kept', { skip: noPlume }, async (t) => {
  const { data, start } = await foundChain(t);
  let node = await start();
  const raw = await payment(testAccount(0), node.chainId, 3);
  await rpc(node.rpc, 'eth_sendRawTransaction', [raw]);
  await node.stop();
  assert.ok(existsSync(join(data, 'pool.journal')));
  node = await start('--no-pool-journal');
  assert.deepEqual(await rpc(node.rpc, 'txpool_status'), { pending: '0x0', queued: '0x0' });
  await rpc(node.rpc, 'eth_sendRawTransaction', [raw]);
  await node.stop();
  assert.ok(!existsSync(join(data, 'pool.journal')));
  node = await start();
  assert.deepEqual(await rpc(node.rpc, 'txpool_status'), { pending: '0x0', queued: '0x0' });
});

test('a tip below the floor is refused by start, and taken by dev', { skip: noPlume }, async (t) => {
  const { start } = await foundChain(t);
  const account = testAccount(0);
  const dev = await startPlume();
  const raw = await payment(account, dev.chainId, 0, { maxPriorityFeePerGas: 0n });
  await rpc(dev.rpc, 'eth_sendRawTransaction', [raw]);
  await dev.stop();
  let node = await start();
  await assert.rejects(rpc(node.rpc, 'eth_sendRawTransaction', [raw]), {
    message: 'transaction gas price below minimum: gas tip cap 0, minimum needed 1',
  });
  await node.stop();
  node = await start('--minimum-tip', '0');
  await rpc(node.rpc, 'eth_sendRawTransaction', [raw]);
});

test('an account with a delegation has one in flight', { skip: noPlume }, async (t) => {
  const node = await startPlume({ args: ['--no-mining'] });
  t.after(() => node.stop());
  const account = testAccount(0);
  const send = async (nonce, more) =>
    rpc(node.rpc, 'eth_sendRawTransaction', [await payment(account, node.chainId, nonce, more)]);
  const authorization = await account.signAuthorization({
    contractAddress: recipient,
    chainId: node.chainId,
    nonce: 0,
  });
  const sponsor = writer(node, testAccount(1));
  await sponsor.sendTransaction({ to: recipient, authorizationList: [authorization] });
  const refused = {
    message: 'in-flight transaction limit reached for delegated accounts',
  };
  await send(0);
  await assert.rejects(send(1), refused, 'its authorization waits');
  await rpc(node.rpc, 'evm_mine');
  const nonce = Number(await rpc(node.rpc, 'eth_getTransactionCount', [account.address, 'latest']));
  await assert.rejects(send(nonce + 1), { message: 'gapped-nonce tx from delegated accounts' });
  await send(nonce);
  await assert.rejects(send(nonce + 1), refused, 'it has code');
  const dear = { maxFeePerGas: 2n * fees.maxFeePerGas, maxPriorityFeePerGas: 2n * 10n ** 9n };
  await send(nonce, dear);
  await rpc(node.rpc, 'evm_mine');
  await send(nonce + 1);
});
