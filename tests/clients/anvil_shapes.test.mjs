// Every method that both have, asked of Plume and of anvil: the members of the answers, what kind of
// value stands in each, and the codes of errors. What differs on purpose is listed, with a reason.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { noPlume, startAnvil, startPlume, testAccount } from './support/node.mjs';
import { post } from './support/rpc.mjs';

const from = testAccount(0).address.toLowerCase();
const someone = '0x00000000000000000000000000000000000000aa';
const nobody = '0x00000000000000000000000000000000000000ee';
const noHash = `0x${'0'.repeat(64)}`;
const word = (number) => `0x${number.toString(16).padStart(64, '0')}`;

// Stores 1 in slot 0, emits a log with the topic 1, and then is a contract that reverts unless it is
// called without data, when it answers 1.
const runtime = '3615600a5760006000fd5b600160005260206000f3';
const initCode = `0x6001600055600160006000a16015601860003960156000f3${runtime}`;

/** What kind of value it is: compared instead of the value. */
function shape(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [/^0x|^\d+$/.test(key) ? '*' : key, shape(value[key])]),
    );
  if (typeof value !== 'string') return typeof value;
  if (/^0x(0|[1-9a-f][0-9a-f]{0,15})$/.test(value)) return 'quantity';
  if (/^0x[0-9a-f]*$/i.test(value)) return 'data';
  return 'text';
}

/** A quantity with few digits can be data as well, and the other way round. */
function sameKind(a, b) {
  const numbers = ['quantity', 'data'];
  return a === b || (numbers.includes(a) && numbers.includes(b));
}

/** Members that Plume has besides, by what anvil's answer lacks, are no difference. */
function missing(plume, anvil, path = '') {
  if (typeof anvil === 'string' || typeof plume === 'string')
    return sameKind(plume, anvil) ? [] : [`${path}: ${JSON.stringify(plume)} for ${anvil}`];
  if (Array.isArray(anvil))
    return Array.isArray(plume) && (anvil.length === 0 || plume.length === 0)
      ? []
      : missing(plume[0] ?? 'nothing', anvil[0], `${path}[]`);
  return Object.keys(anvil).flatMap((key) =>
    key in plume ? missing(plume[key], anvil[key], `${path}.${key}`) : [`${path}.${key} is missing`],
  );
}

/** What is not as anvil has it, and why. */
const intended = [
  [/^anvil_nodeInfo/, 'the names of revisions and of forks are each node’s own'],
  [/\.blockTimestamp is missing/, 'anvil writes a decimal number into receipts, where geth has none'],
  [/\.blobGasPrice is missing/, 'there are no blobs'],
  [/^eth_config .*systemContracts\.\w+ is missing/, 'there is no beacon chain, nor its contracts'],
  [/\.clientSemver is missing/, 'the version is part of clientVersion'],
  [/^eth_sendRawTransaction .*-32000/, 'geth’s code and words for bytes that are no transaction'],
  [/^evm_setNextBlockTimestamp .*-32000/, 'the time is well formed, only too early for this chain'],
];

group('anvil and Plume answer alike', { skip: noPlume }, () => {
  let plume;
  let anvil;
  const made = {};
  const ask = async (node, method, params) =>
    post(node.rpc, { jsonrpc: '2.0', id: 1, method, params });
  const result = async (node, method, params) => {
    const answer = await ask(node, method, params);
    assert.ok('result' in answer, `${method}: ${JSON.stringify(answer)}`);
    return answer.result;
  };

  before(async () => {
    [plume, anvil] = await Promise.all([startPlume(), startAnvil()]);
    for (const node of [plume, anvil]) {
      const hash = await result(node, 'eth_sendTransaction', [{ from, data: initCode }]);
      let receipt = null;
      while (receipt === null) receipt = await result(node, 'eth_getTransactionReceipt', [hash]);
      assert.equal(receipt.status, '0x1');
      made[node.rpc] = { hash, contract: receipt.contractAddress, block: receipt.blockHash };
    }
  });
  after(() => Promise.all([plume.stop(), anvil.stop()]));

  const requests = ({ hash, contract, block }) => [
    ['eth_chainId'],
    ['net_version'],
    ['net_listening'],
    ['web3_clientVersion'],
    ['web3_sha3', ['0x00']],
    ['eth_blockNumber'],
    ['eth_syncing'],
    ['eth_accounts'],
    ['eth_gasPrice'],
    ['eth_maxPriorityFeePerGas'],
    ['eth_blobBaseFee'],
    ['eth_config'],
    ['eth_feeHistory', ['0x1', 'latest', [20]]],
    ['eth_getBalance', [from, 'latest']],
    ['eth_getBalance', ['0x12', 'latest']],
    ['eth_getCode', [contract, 'latest']],
    ['eth_getCode', [nobody, 'latest']],
    ['eth_getStorageAt', [contract, '0x0', 'latest']],
    ['eth_getTransactionCount', [from, 'pending']],
    ['eth_getProof', [contract, [word(0)], 'latest']],
    ['eth_getAccountInfo', [contract, 'latest']],
    ['eth_getBlockByNumber', ['latest', true]],
    ['eth_getBlockByNumber', ['latest', false]],
    ['eth_getBlockByNumber', ['0xffff', false]],
    ['eth_getBlockByHash', [block, true]],
    ['eth_getBlockByHash', [noHash, false]],
    ['eth_getBlockTransactionCountByNumber', ['latest']],
    ['eth_getBlockTransactionCountByHash', [block]],
    ['eth_getUncleCountByBlockNumber', ['latest']],
    ['eth_getBlockReceipts', ['latest']],
    ['eth_getTransactionByHash', [hash]],
    ['eth_getTransactionByHash', [noHash]],
    ['eth_getTransactionByBlockNumberAndIndex', ['0x1', '0x0']],
    ['eth_getTransactionByBlockHashAndIndex', [block, '0x0']],
    ['eth_getTransactionBySenderAndNonce', [from, '0x0']],
    ['eth_getTransactionReceipt', [hash]],
    ['eth_getTransactionReceipt', [noHash]],
    ['eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }]],
    ['eth_call', [{ to: contract }, 'latest']],
    ['eth_call', [{ to: contract, data: '0x01' }, 'latest']],
    ['eth_estimateGas', [{ from, to: someone, value: '0x1' }]],
    ['eth_estimateGas', [{ from, to: contract, data: '0x01' }]],
    ['eth_createAccessList', [{ from, to: contract }, 'latest']],
    ['eth_fillTransaction', [{ from, to: someone, value: '0x1' }]],
    ['eth_simulateV1', [{ blockStateCalls: [{ calls: [{ from, to: contract }] }] }, 'latest']],
    ['eth_sendRawTransaction', ['0x00']],
    ['eth_sign', [from, '0x6869']],
    ['personal_sign', ['0x6869', from]],
    ['eth_sign', [nobody, '0x6869']],
    ['eth_sendTransaction', [{ from: nobody, to: from }]],
    ['eth_signTransaction', [{ from, to: someone, gas: '0x5208', nonce: '0x9' }]],
    ['debug_traceTransaction', [hash, { tracer: 'callTracer' }]],
    ['debug_traceTransaction', [hash, {}]],
    ['debug_traceCall', [{ from, to: contract }, 'latest', { tracer: 'callTracer' }]],
    ['trace_transaction', [hash]],
    ['trace_block', ['0x1']],
    ['txpool_status'],
    ['txpool_inspect'],
    ['txpool_content'],
    ['ots_getApiLevel'],
    ['ots_hasCode', [contract, 'latest']],
    ['ots_getTransactionError', [hash]],
    ['ots_traceTransaction', [hash]],
    ['ots_getInternalOperations', [hash]],
    ['ots_getTransactionBySenderAndNonce', [from, '0x0']],
    ['ots_getContractCreator', [contract]],
    ['anvil_nodeInfo'],
    ['anvil_metadata'],
    ['hardhat_metadata'],
    ['anvil_getAutomine'],
    ['anvil_getIntervalMining'],
    ['evm_snapshot'],
    ['evm_revert', ['0x9999']],
    ['evm_mine'],
    ['evm_mine', [{ timestamp: null, blocks: 2 }]],
    ['anvil_mine', ['0x2', '0x3']],
    ['evm_increaseTime', [10]],
    ['evm_setNextBlockTimestamp', ['0xffffffff']],
    ['evm_setNextBlockTimestamp', ['0x1']],
    ['anvil_setBlockTimestampInterval', [1]],
    ['anvil_removeBlockTimestampInterval'],
    ['anvil_setBalance', [someone, '0x5']],
    ['anvil_addBalance', [someone, '0x5']],
    ['anvil_setCode', [someone, '0x6001']],
    ['anvil_setNonce', [someone, '0x5']],
    ['anvil_setStorageAt', [someone, '0x5', word(7)]],
    ['anvil_setCoinbase', [someone]],
    ['anvil_setNextBlockBaseFeePerGas', ['0x3b9aca00']],
    ['evm_setBlockGasLimit', ['0x1c9c380']],
    ['anvil_impersonateAccount', [someone]],
    ['anvil_stopImpersonatingAccount', [someone]],
    ['anvil_autoImpersonateAccount', [false]],
    ['anvil_dropTransaction', [noHash]],
    ['anvil_dropAllTransactions'],
    ['anvil_removePoolTransactions', [someone]],
    ['anvil_setLoggingEnabled', [false]],
    ['evm_setAutomine', [true]],
    ['anvil_rollback', [1]],
    ['anvil_dumpState'],
    ['eth_nothing'],
  ];

  test('members, kinds of values and codes of errors', async () => {
    const [left, right] = [plume, anvil].map((node) => requests(made[node.rpc]));
    const differences = [];
    for (let i = 0; i < left.length; ++i) {
      const [method, params = []] = left[i];
      const a = await ask(plume, method, params);
      const b = await ask(anvil, method, right[i][1] ?? []);
      const name = `${method} ${JSON.stringify(params)}`;
      if (Boolean(a.error) !== Boolean(b.error) || a.error?.code !== b.error?.code)
        differences.push(`${name}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`.slice(0, 400));
      else if (!a.error)
        for (const found of missing(shape(a.result), shape(b.result), method))
          differences.push(`${name}: ${found}`);
    }
    const isIntended = (text) => intended.some(([pattern]) => pattern.test(text));
    assert.deepEqual(
      differences.filter((text) => !isIntended(text)),
      [],
    );
    // A difference that is none any more is to leave the list.
    for (const [pattern, reason] of intended)
      assert.ok(differences.some((text) => pattern.test(text)), reason);
  });
});
