// Traces, access lists and simulated blocks beside those of anvil, for the same transactions.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { encodeFunctionData, numberToHex, parseEther, zeroAddress } from 'viem';

import { launchCurrency } from './support/mission.mjs';
import { noPlume, startAnvil, startPlume, testAccount } from './support/node.mjs';
import { rpc } from './support/rpc.mjs';
import { compile } from './support/solidity.mjs';
import { plainCall, plainState, plainStep } from './support/traces.mjs';
import { Person } from './support/wallet.mjs';

const traced = compile('Traced');
const heir = '0x00000000000000000000000000000000000000ff';
const fees = { gas: 3_000_000n, maxFeePerGas: 20_000_000_000n, maxPriorityFeePerGas: 1n };

/** The transactions that both nodes run: method, arguments, value. */
const transactions = [
  ['everything', [heir], 100n],
  ['codeCall', [], 0n],
  ['poor', [], 0n],
  ['undo', [], 0n],
];

group('traces', { skip: noPlume }, () => {
  const nodes = {};

  /** Deploys the contract and runs the transactions: {address, hashes, sender}. */
  async function play(node) {
    const person = new Person(node, testAccount(0));
    const settled = async (hash) =>
      person.reader.waitForTransactionReceipt({ hash: await hash });
    const deployed = await settled(
      person.writer.deployContract({ ...traced, value: 100n, ...fees, gas: 5_000_000n }),
    );
    const address = deployed.contractAddress;
    const hashes = [deployed.transactionHash];
    for (const [functionName, args, value] of transactions) {
      const call = { address, abi: traced.abi, functionName, args, value, ...fees };
      const receipt = await settled(person.writer.writeContract(call));
      hashes.push(receipt.transactionHash);
    }
    return { ...node, person, address, hashes };
  }

  before(async () => {
    const [plume, anvil] = await Promise.all([
      startPlume(),
      startAnvil({ args: ['--steps-tracing'] }),
    ]);
    nodes.plume = await play(plume);
    nodes.anvil = await play(anvil);
    assert.equal(nodes.plume.address, nodes.anvil.address);
  });
  after(() => Promise.all(Object.values(nodes).map((node) => node.stop())));

  /** Both nodes' traces of each transaction: [[plume's, anvil's], ...]. */
  async function traces(config, ofPlume = {}) {
    const traceOn = ({ rpc: url, hashes }, options) =>
      Promise.all(hashes.map((hash) => rpc(url, 'debug_traceTransaction', [hash, options])));
    const merged = { ...config, ...ofPlume };
    const [left, right] = [await traceOn(nodes.plume, merged), await traceOn(nodes.anvil, config)];
    return left.map((trace, index) => [trace, right[index]]);
  }

  test('callTracer tells the same calls and logs', async () => {
    const config = { tracer: 'callTracer', tracerConfig: { withLog: true } };
    for (const [ours, theirs] of await traces(config))
      assert.deepEqual(plainCall(ours), plainCall(theirs));
    const [[{ gas }]] = await traces(config);
    assert.equal(gas, numberToHex(5_000_000));
  });

  test('callTracer tells the outermost call alone', async () => {
    const config = { tracer: 'callTracer', tracerConfig: { onlyTopCall: true } };
    for (const [ours, theirs] of await traces(config)) {
      assert.equal(ours.calls, undefined);
      assert.deepEqual(plainCall(ours), plainCall(theirs));
    }
  });

  test('prestateTracer tells the same state before', async () => {
    const sender = nodes.plume.person.address.toLowerCase();
    for (const [ours, theirs] of await traces({ tracer: 'prestateTracer' })) {
      assert.deepEqual(
        plainState(ours, { balancesOf: [sender] }),
        plainState(theirs, { balancesOf: [sender] }),
      );
      assert.deepEqual(ours, plainState(ours));
    }
  });

  test('prestateTracer tells the same difference', async () => {
    // The nodes' base fees are not the same, and one of them pays a coinbase.
    const rest = { balancesOf: [nodes.plume.person.address.toLowerCase()], without: [zeroAddress] };
    const config = { tracer: 'prestateTracer', tracerConfig: { diffMode: true } };
    for (const [ours, theirs] of await traces(config))
      for (const side of ['pre', 'post'])
        assert.deepEqual(plainState(ours[side], rest), plainState(theirs[side], rest));
  });

  test('struct logs tell the same steps', async () => {
    let count = 0;
    for (const [ours, theirs] of await traces({ enableMemory: true, enableReturnData: true })) {
      assert.deepEqual({ ...ours, structLogs: [] }, { ...theirs, structLogs: [] });
      assert.equal(ours.structLogs.length, theirs.structLogs.length);
      for (const [index, step] of ours.structLogs.entries())
        assert.deepEqual(plainStep(step), plainStep(theirs.structLogs[index]));
      count += ours.structLogs.length;
    }
    assert.ok(count > 8_000);
  });

  test('debug_traceCall follows overrides of the state and of the block', async () => {
    const code = '0x435f5260205ff3'; // returns the block's number
    const call = { from: nodes.plume.person.address, to: heir, gas: '0x100000' };
    const config = {
      tracer: 'callTracer',
      stateOverrides: { [heir]: { code } },
      blockOverrides: { number: '0x1234' },
    };
    const [ours, theirs] = await Promise.all(
      [nodes.plume, nodes.anvil].map(({ rpc: url }) =>
        rpc(url, 'debug_traceCall', [call, 'latest', config]),
      ),
    );
    assert.equal(BigInt(ours.output), 0x1234n);
    assert.deepEqual(plainCall(ours), plainCall(theirs));
  });

  test('debug_traceBlockByNumber and ByHash tell what debug_traceTransaction does', async () => {
    const { rpc: url, hashes } = nodes.plume;
    const config = { tracer: 'callTracer' };
    const { blockNumber, blockHash } = await rpc(url, 'eth_getTransactionReceipt', [hashes[1]]);
    const alone = await rpc(url, 'debug_traceTransaction', [hashes[1], config]);
    const expected = [{ txHash: hashes[1], result: alone }];
    assert.deepEqual(await rpc(url, 'debug_traceBlockByNumber', [blockNumber, config]), expected);
    assert.deepEqual(await rpc(url, 'debug_traceBlockByHash', [blockHash, config]), expected);
  });

  test('frames of native contracts have a method', async () => {
    const { person } = nodes.plume;
    const currency = await launchCurrency(nodes.plume, person);
    const receipt = await person.send(currency, 'transfer', [heir, 5n]);
    const trace = await rpc(nodes.plume.rpc, 'debug_traceTransaction', [
      receipt.transactionHash,
      { tracer: 'callTracer', tracerConfig: { withLog: true } },
    ]);
    assert.equal(trace.method, 'transfer(address,uint256)');
    assert.equal(trace.logs.length, 1);
    const change = await rpc(nodes.plume.rpc, 'debug_traceTransaction', [
      receipt.transactionHash,
      { tracer: 'prestateTracer', tracerConfig: { diffMode: true } },
    ]);
    const token = currency.address.toLowerCase();
    assert.equal(Object.keys(change.post[token].storage).length, 2);
  });

  test('eth_createAccessList finds the same list', async () => {
    const data = encodeFunctionData({ ...traced, functionName: 'everything', args: [heir] });
    const lists = [];
    for (const { rpc: url, person, address } of [nodes.plume, nodes.anvil]) {
      const call = { from: person.address, to: address, data, value: '0x64', gas: '0x2dc6c0' };
      const found = await rpc(url, 'eth_createAccessList', [call, 'latest']);
      for (const entry of found.accessList) entry.storageKeys.sort();
      found.accessList.sort((one, other) => (one.address < other.address ? -1 : 1));
      lists.push(found);
    }
    assert.deepEqual(lists[0].accessList, lists[1].accessList);
    assert.equal(lists[0].gasUsed, lists[1].gasUsed);
    const used = await nodes.plume.person.reader.createAccessList({
      account: nodes.plume.person.address,
      to: nodes.plume.address,
      data,
      value: 100n,
    });
    assert.equal(numberToHex(used.gasUsed), lists[0].gasUsed);
  });

  test('viem simulates blocks of calls', async () => {
    const { person, address } = nodes.plume;
    const rich = '0x00000000000000000000000000000000000000aa';
    const blocks = await person.reader.simulateBlocks({
      blocks: [
        {
          stateOverrides: [{ address: rich, balance: parseEther('5') }],
          calls: [{ account: rich, to: heir, value: parseEther('2') }],
        },
        {
          blockOverrides: { time: 4_000_000_000n },
          calls: [
            { account: heir, to: rich, value: parseEther('1') },
            { account: person.address, to: address, abi: traced.abi, functionName: 'undo' },
          ],
        },
      ],
      traceTransfers: true,
    });
    assert.equal(blocks[1].number, blocks[0].number + 1n);
    assert.equal(blocks[1].timestamp, 4_000_000_000n);
    assert.equal(blocks[0].calls[0].status, 'success');
    assert.equal(blocks[0].calls[0].logs.length, 1);
    assert.equal(blocks[1].calls[0].status, 'success');
    assert.equal(blocks[1].calls[1].status, 'failure');
    assert.match(blocks[1].calls[1].error.message, /all undone/);
    const { results } = await person.reader.simulateCalls({
      account: person.address,
      calls: [{ to: address, abi: traced.abi, functionName: 'value' }],
    });
    assert.equal(results[0].result, await person.read({ address, ...traced }, 'value'));
  });
});
