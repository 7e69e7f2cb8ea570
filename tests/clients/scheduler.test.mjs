// A vault's tranche and a month's calls, made by the chain itself: viem, ethers and cast read them
// as they read any transaction.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { JsonRpcProvider } from 'ethers';
import { encodeFunctionData, parseEventLogs } from 'viem';

import { abiOf, foundMission } from './support/mission.mjs';
import { cast, noPlume, startPlume, testAccount } from './support/node.mjs';
import { rpc } from './support/rpc.mjs';
import { reader, transact } from './support/wallet.mjs';

const gwei = 1_000_000_000n;
const systemSender = '0xfffffffffffffffffffffffffffffffffffffffe';
const months = 1;

group('the scheduler', { skip: noPlume }, () => {
  let node, client, scheduler, vault, payer, start;

  before(async () => {
    node = await startPlume();
    const mission = await foundMission(node);
    client = reader(node);
    vault = { address: mission.vault, abi: await abiOf('Vault') };
    scheduler = { address: node.contracts.scheduler, abi: await abiOf('Scheduler') };
    payer = testAccount(2);
    start = Number((await client.getBlock()).timestamp);
  });
  after(() => node?.stop());

  const read = (functionName, args = []) =>
    client.readContract({ ...scheduler, functionName, args });

  /** Waits until the chain has made a block by itself. */
  async function blockAfter(number) {
    for (let i = 0; i < 500; ++i) {
      if ((await client.getBlockNumber()) > number) return client.getBlock();
      await new Promise((done) => setTimeout(done, 10));
    }
    return assert.fail('no block was made');
  }

  /** Moves the clock to a time at which a call is due, and awaits its block. */
  async function travelTo(timestamp) {
    const number = await client.getBlockNumber();
    await rpc(node.rpc, 'evm_setNextBlockTimestamp', [timestamp]);
    return blockAfter(number);
  }

  async function schedule(target, data, due, recurrence) {
    const gas = await read('gasOf', [100_000n, BigInt((data.length - 2) / 2)]);
    const value = gas * BigInt(recurrence.count) * 10n * gwei;
    const receipt = await transact(node, payer, {
      to: scheduler.address,
      abi: scheduler.abi,
      call: ['schedule', [target, data, 100_000n, BigInt(due), recurrence]],
      value,
    });
    const [scheduled] = parseEventLogs({ ...scheduler, logs: receipt.logs });
    assert.equal(scheduled.eventName, 'Scheduled');
    return scheduled.args.id;
  }

  test('a monthly call is made on its day, without anyone sending it', async () => {
    // Anyone may ask the vault to release a tranche; here the refusal is what is looked at.
    const data = encodeFunctionData({ abi: vault.abi, functionName: 'release', args: [0n] });
    const first = Date.UTC(2031, 0, 31, 12) / 1000;
    assert.ok(first > start);
    const id = await schedule(vault.address, data, first, { period: 1, unit: months, count: 3 });
    const days = [first, Date.UTC(2031, 1, 28, 12) / 1000, Date.UTC(2031, 2, 31, 12) / 1000];
    for (const [run, day] of days.entries()) {
      assert.equal(await read('nextDue'), BigInt(day));
      const block = await travelTo(day);
      assert.equal(block.timestamp, BigInt(day));
      assert.equal(block.transactions.length, 1);
      const receipt = await client.getTransactionReceipt({ hash: block.transactions[0] });
      assert.equal(receipt.status, 'success');
      assert.equal(receipt.from, systemSender);
      const logs = parseEventLogs({ ...scheduler, logs: receipt.logs });
      assert.equal(logs[0].eventName, 'Executed');
      assert.equal(logs[0].args.id, id);
      assert.equal(logs[0].args.run, run);
      assert.equal(logs[0].args.success, false);
      assert.equal(logs[0].args.fee, receipt.gasUsed * receipt.effectiveGasPrice);
    }
    await assert.rejects(read('job', [id]), /UnknownJob/);
  });

  test('its transaction is found by hash, in logs and in traces', async () => {
    const approve = encodeFunctionData({
      abi: vault.abi,
      functionName: 'approve',
      args: [payer.address, 5n],
    });
    const due = Number((await client.getBlock()).timestamp) + 60;
    await schedule(vault.address, approve, due, { period: 0, unit: 0, count: 1 });
    const block = await travelTo(due);
    const [hash] = block.transactions;

    const viems = await client.getTransaction({ hash });
    assert.equal(viems.typeHex, '0x70');
    assert.equal(viems.from, systemSender);
    assert.equal(viems.to, scheduler.address.toLowerCase());
    assert.equal(viems.gasPrice, block.baseFeePerGas);
    const logs = await client.getLogs({ address: vault.address, blockHash: block.hash });
    const [approval] = parseEventLogs({ ...vault, logs });
    assert.equal(approval.eventName, 'Approval');
    assert.equal(approval.transactionHash, hash);
    assert.equal(approval.args.owner, scheduler.address, 'whoever scheduled it: S-3');

    const provider = new JsonRpcProvider(node.rpc, undefined, { cacheTimeout: -1 });
    const ethers = await provider.getTransaction(hash);
    assert.equal(ethers.type, 0x70);
    assert.equal(ethers.from.toLowerCase(), systemSender);
    const receipt = await provider.getTransactionReceipt(hash);
    assert.equal(receipt.status, 1);
    assert.equal(receipt.logs.length, 3);
    assert.equal((await provider.getBlock(block.hash, true)).prefetchedTransactions.length, 1);
    provider.destroy();

    const shown = JSON.parse(await cast('receipt', hash, '--json', '--rpc-url', node.rpc));
    assert.equal(shown.type, '0x70');
    assert.equal(shown.from, systemSender);
    const sent = JSON.parse(await cast('tx', hash, '--json', '--rpc-url', node.rpc));
    assert.equal(sent.hash, hash);
    assert.match(await cast('block', block.number, '--full', '--rpc-url', node.rpc), /0x70|112/);

    const trace = await rpc(node.rpc, 'debug_traceTransaction', [hash, { tracer: 'callTracer' }]);
    assert.equal(trace.calls[0].from, scheduler.address.toLowerCase());
    assert.equal(trace.calls[0].to, vault.address.toLowerCase());
  });

  test('twenty calls for one second are all made, each once', async () => {
    const approve = encodeFunctionData({
      abi: vault.abi,
      functionName: 'approve',
      args: [payer.address, 7n],
    });
    const due = Number((await client.getBlock()).timestamp) + 600;
    const ids = [];
    for (let i = 0; i < 20; ++i)
      ids.push(await schedule(vault.address, approve, due, { period: 0, unit: 0, count: 1 }));
    const from = await client.getBlockNumber();
    await travelTo(due);
    for (let i = 0; i < 500 && (await read('count')) > 0n; ++i)
      await new Promise((done) => setTimeout(done, 10));
    const logs = await client.getContractEvents({
      ...scheduler,
      eventName: 'Executed',
      fromBlock: from,
    });
    assert.deepEqual(
      logs.map(({ args }) => args.id),
      ids,
    );
    assert.ok(logs.every(({ args }) => args.success));
    const owed = await read('owedTo', [payer.address]);
    assert.ok(owed > 0n);
    const { prepaid, balance } = {
      prepaid: await read('prepaid'),
      balance: await client.getBalance({ address: scheduler.address }),
    };
    assert.equal(prepaid, 0n);
    assert.equal(balance, owed);
    await transact(node, payer, { to: scheduler.address, abi: scheduler.abi, call: ['withdraw', []] });
    assert.equal(await client.getBalance({ address: scheduler.address }), 0n);
  });

  test('nobody can send such a transaction', async () => {
    const block = await client.getBlock({ blockNumber: (await client.getBlockNumber()) - 1n });
    const raw = await rpc(node.rpc, 'eth_getRawTransactionByHash', [block.transactions.at(-1)]);
    assert.match(raw, /^0x70/);
    await assert.rejects(rpc(node.rpc, 'eth_sendRawTransaction', [raw]), /type not supported/);
  });
});
