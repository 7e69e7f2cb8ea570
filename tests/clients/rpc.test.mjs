// The wire itself: fields, errors and batches as tools expect them, asked without a library in
// between.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { encodeFunctionData } from 'viem';

import { abiOf, foundMission } from './support/mission.mjs';
import { noPlume, plume, startPlume, testAccount } from './support/node.mjs';
import { RpcFailure, post, rpc, rpcBatch } from './support/rpc.mjs';
import { reader, transact, writer } from './support/wallet.mjs';

const blockFields = [
  'baseFeePerGas',
  'blobGasUsed',
  'difficulty',
  'excessBlobGas',
  'extraData',
  'gasLimit',
  'gasUsed',
  'hash',
  'logsBloom',
  'miner',
  'mixHash',
  'nonce',
  'number',
  'parentBeaconBlockRoot',
  'parentHash',
  'receiptsRoot',
  'requestsHash',
  'sha3Uncles',
  'size',
  'stateRoot',
  'timestamp',
  'transactions',
  'transactionsRoot',
  'uncles',
  'withdrawals',
  'withdrawalsRoot',
];
const receiptFields = [
  'blockHash',
  'blockNumber',
  'contractAddress',
  'cumulativeGasUsed',
  'effectiveGasPrice',
  'from',
  'gasUsed',
  'logs',
  'logsBloom',
  'status',
  'to',
  'transactionHash',
  'transactionIndex',
  'type',
];
const logFields = [
  'address',
  'blockHash',
  'blockNumber',
  'blockTimestamp',
  'data',
  'logIndex',
  'removed',
  'topics',
  'transactionHash',
  'transactionIndex',
];
const transactionFields = [
  'accessList',
  'blockHash',
  'blockNumber',
  'chainId',
  'from',
  'gas',
  'gasPrice',
  'hash',
  'input',
  'maxFeePerGas',
  'maxPriorityFeePerGas',
  'nonce',
  'r',
  's',
  'to',
  'transactionIndex',
  'type',
  'v',
  'value',
  'yParity',
];

const hasFields = (object, fields) =>
  assert.deepEqual(
    fields.filter((field) => !(field in object)),
    [],
    'missing fields',
  );

group('JSON-RPC', { skip: noPlume }, () => {
  let node, mission, receipt;
  before(async () => {
    node = await startPlume();
    mission = await foundMission(node);
    const to = mission.currency;
    const call = ['transfer', [testAccount(5).address, 1n]];
    const sent = await transact(node, mission.founder, {
      to,
      abi: await abiOf('AssetToken'),
      call,
    });
    receipt = await rpc(node.rpc, 'eth_getTransactionReceipt', [sent.transactionHash]);
  });
  after(() => node?.stop());

  const refusal = async (method, params = []) => {
    const failure = await rpc(node.rpc, method, params).catch((error) => error);
    assert.ok(failure instanceof RpcFailure, `${method} should have been refused`);
    return failure;
  };

  test('blocks, transactions, receipts and logs have every field', async () => {
    const block = await rpc(node.rpc, 'eth_getBlockByHash', [receipt.blockHash, true]);
    hasFields(block, blockFields);
    hasFields(block.transactions[Number(receipt.transactionIndex)], transactionFields);
    hasFields(receipt, receiptFields);
    assert.equal(receipt.contractAddress, null);
    assert.equal(receipt.logs.length, 1);
    hasFields(receipt.logs[0], logFields);
    const [all] = await rpcBatch(node.rpc, [['eth_getBlockReceipts', [receipt.blockNumber]]]);
    assert.deepEqual(all[Number(receipt.transactionIndex)], receipt);
  });

  test('the names of a chain agree', async () => {
    assert.equal(await rpc(node.rpc, 'net_version'), `${node.chainId}`);
    assert.equal(Number(await rpc(node.rpc, 'eth_chainId')), node.chainId);
    assert.match(await rpc(node.rpc, 'web3_clientVersion'), /^anvil\/plume\//);
  });

  test('an unknown method is -32601 exactly, a bad parameter -32602', async () => {
    assert.equal((await refusal('eth_nothing', [{}])).code, -32601);
    assert.equal((await refusal('anvil_nothing')).code, -32601);
    assert.equal((await refusal('eth_getBalance', ['0x12', 'latest'])).code, -32602);
    assert.equal((await refusal('eth_getBalance')).code, -32602);
  });

  test('a revert is code 3 with its data', async () => {
    const data = encodeFunctionData({
      abi: await abiOf('Vault'),
      functionName: 'release',
      args: [7n],
    });
    const failure = await refusal('eth_call', [{ to: mission.vault, data }, 'latest']);
    assert.equal(failure.code, 3);
    assert.match(failure.data, /^0x[0-9a-f]{8}/);
    // cast sends both names of the field.
    const both = await refusal('eth_call', [{ to: mission.vault, data, input: data }, 'latest']);
    assert.equal(both.data, failure.data);
  });

  test('a batch is answered item by item', async () => {
    const call = (id, method) => ({ jsonrpc: '2.0', id, method, params: [] });
    const answers = await post(node.rpc, [call(1, 'eth_chainId'), call('b', 'eth_nothing'), 7]);
    assert.equal(answers.length, 3);
    const by = (id) => answers.find((answer) => answer.id === id);
    assert.equal(Number(by(1).result), node.chainId);
    assert.equal(by('b').error.code, -32601);
    assert.equal(by(null).error.code, -32600);
    assert.equal((await post(node.rpc, [])).error.code, -32600);
    assert.equal((await post(node.rpc, '{"jsonrpc":')).error.code, -32700);
  });

  test('transactions are refused in the words that clients look for', async () => {
    const account = testAccount(8);
    const to = testAccount(9).address;
    const signed = (fields) =>
      account.signTransaction({
        chainId: node.chainId,
        nonce: 0,
        to,
        gas: 21_000n,
        maxFeePerGas: 10n ** 11n,
        maxPriorityFeePerGas: 10n ** 9n,
        ...fields,
      });
    const refused = async (fields) =>
      (await refusal('eth_sendRawTransaction', [await signed(fields)])).message;
    assert.match(await refused({ gas: 20_000n }), /intrinsic gas too low/);
    assert.match(
      await refused({ value: 10n ** 30n }),
      /insufficient funds for gas \* price \+ value/,
    );
    assert.match(await refused({ chainId: 1 }), /chain id/i);

    const raw = await signed({});
    const mined = await rpc(node.rpc, 'eth_sendRawTransactionSync', [raw]);
    assert.equal(mined.status, '0x1');
    assert.match(
      (await refusal('eth_sendRawTransaction', [raw])).message,
      /already known|nonce too low/,
    );
    assert.match(await refused({ value: 1n }), /nonce too low/);
  });

  test('a later nonce waits for the earlier one', async () => {
    const account = testAccount(7);
    const signed = (nonce) =>
      account.signTransaction({
        chainId: node.chainId,
        nonce,
        to: account.address,
        gas: 21_000n,
        maxFeePerGas: 10n ** 11n,
        maxPriorityFeePerGas: 10n ** 9n,
      });
    const late = await rpc(node.rpc, 'eth_sendRawTransaction', [await signed(1)]);
    assert.equal(await rpc(node.rpc, 'eth_getTransactionReceipt', [late]), null);
    await rpc(node.rpc, 'eth_sendRawTransactionSync', [await signed(0)]);
    const end = Date.now() + 5000;
    let found = null;
    while (!found && Date.now() < end)
      found = await rpc(node.rpc, 'eth_getTransactionReceipt', [late]);
    assert.equal(found?.status, '0x1');
    const count = await rpc(node.rpc, 'eth_getTransactionCount', [account.address, 'pending']);
    assert.equal(Number(count), 2);
  });

  test('bytecode that begins with 0xef is deployed by nobody', async () => {
    const client = writer(node, testAccount(6));
    // Returns the marker of a native contract as its code (EIP-3541).
    const data = '0x65ef50000200016000526006601af3';
    const hash = await client.sendTransaction({ data, gas: 200_000n });
    const chain = reader(node);
    const receipt = await chain.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'reverted');
    assert.equal(await chain.getCode({ address: receipt.contractAddress }), undefined);
  });

  test('`plume describe` speaks of every contract', async () => {
    for (const name of ['AssetToken', 'Vault', 'Conditions', 'Attestations', 'Launcher']) {
      const abi = await abiOf(name);
      assert.ok(
        abi.some((entry) => entry.type === 'function'),
        name,
      );
      const solidity = await plume('describe', name, '--solidity');
      assert.equal(solidity.code, 0, solidity.stderr);
      assert.match(solidity.stdout, /interface/);
    }
    assert.notEqual((await plume('describe', 'Nothing')).code, 0);
  });
});
