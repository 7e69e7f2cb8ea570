// What the tools that people use call, tool by tool: a node has it, and what it refuses on purpose
// it refuses with the reason. That the answers have the right form is held by anvil_shapes, by the
// tests of each tool, and by the examples of rpc.discover.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { noPlume, plume, startPlume, temporaryDirectory } from './support/node.mjs';
import { post, rpc } from './support/rpc.mjs';

const tools = {
  viem: `eth_accounts eth_blobBaseFee eth_blockNumber eth_call eth_chainId eth_createAccessList
    eth_estimateGas eth_feeHistory eth_fillTransaction eth_gasPrice eth_getBalance
    eth_getBlockByHash eth_getBlockByNumber eth_getBlockReceipts
    eth_getBlockTransactionCountByHash eth_getBlockTransactionCountByNumber eth_getCode
    eth_getFilterChanges eth_getFilterLogs eth_getLogs eth_getProof eth_getStorageAt
    eth_getTransactionByBlockHashAndIndex eth_getTransactionByBlockNumberAndIndex
    eth_getTransactionByHash eth_getTransactionCount eth_getTransactionReceipt
    eth_getUncleByBlockHashAndIndex eth_getUncleByBlockNumberAndIndex
    eth_getUncleCountByBlockHash eth_getUncleCountByBlockNumber eth_maxPriorityFeePerGas
    eth_newBlockFilter eth_newFilter eth_newPendingTransactionFilter eth_sendRawTransaction
    eth_sendRawTransactionSync eth_simulateV1 eth_subscribe eth_syncing eth_uninstallFilter
    eth_unsubscribe net_listening net_peerCount net_version web3_clientVersion web3_sha3`,
  ethers: `eth_accounts eth_blockNumber eth_call eth_chainId eth_estimateGas eth_feeHistory eth_gasPrice
    eth_getBalance eth_getBlockByHash eth_getBlockByNumber eth_getCode eth_getFilterChanges
    eth_getLogs eth_getStorageAt eth_getTransactionByHash eth_getTransactionCount
    eth_getTransactionReceipt eth_maxPriorityFeePerGas eth_newFilter
    eth_newPendingTransactionFilter eth_sendRawTransaction eth_subscribe eth_uninstallFilter
    eth_unsubscribe debug_getRawTransaction`,
  'web3.js and web3.py': `eth_coinbase eth_hashrate eth_mining eth_syncing net_listening net_peerCount net_version
    web3_clientVersion eth_getRawTransactionByBlockHashAndIndex
    eth_getRawTransactionByBlockNumberAndIndex eth_getRawTransactionByHash
    debug_traceTransaction txpool_content txpool_inspect txpool_status`,
  'cast and forge': `eth_blobBaseFee eth_config eth_createAccessList eth_feeHistory eth_getAccount
    eth_getAccountInfo eth_getBlockReceipts eth_getHeaderByHash eth_getHeaderByNumber
    eth_getProof eth_getStorageAt debug_traceCall debug_traceTransaction rpc_modules`,
  MetaMask: `eth_blockNumber eth_call eth_chainId eth_estimateGas eth_feeHistory eth_gasPrice
    eth_getBalance eth_getBlockByNumber eth_getCode eth_getTransactionByHash
    eth_getTransactionCount eth_getTransactionReceipt eth_sendRawTransaction net_version`,
  Blockscout: `debug_traceBlockByHash debug_traceBlockByNumber debug_traceTransaction eth_getBlockByHash
    eth_getBlockByNumber eth_getTransactionByBlockHashAndIndex eth_getUncleByBlockHashAndIndex
    trace_block trace_replayBlockTransactions trace_transaction txpool_content`,
  Otterscan: `erigon_getHeaderByNumber ots_getApiLevel ots_getBlockDetails ots_getBlockDetailsByHash
    ots_getBlockTransactions ots_getContractCreator ots_getInternalOperations
    ots_getTransactionBySenderAndNonce ots_getTransactionError ots_hasCode
    ots_searchTransactionsAfter ots_searchTransactionsBefore ots_traceTransaction`,
  'The Graph': `eth_getBlockReceipts eth_getLogs eth_call net_version trace_filter`,
  'for debugging': `debug_getRawBlock debug_getRawHeader debug_getRawReceipts debug_getRawTransaction
    trace_replayTransaction eth_getTransactionBySenderAndNonce txpool_contentFrom`,
};

/** For a development chain alone. */
const development = `anvil_dumpState anvil_impersonateAccount anvil_loadState anvil_metadata anvil_mine
    anvil_nodeInfo anvil_reset anvil_setBalance anvil_setCode anvil_setNonce
    anvil_setStorageAt eth_sendTransaction eth_sign eth_signTransaction eth_signTypedData_v4
    evm_increaseTime evm_mine evm_revert evm_setAutomine evm_setIntervalMining
    evm_setNextBlockTimestamp evm_snapshot hardhat_impersonateAccount hardhat_metadata
    hardhat_mine hardhat_reset hardhat_setBalance hardhat_setCode
    hardhat_setNextBlockBaseFeePerGas hardhat_setPrevRandao hardhat_setStorageAt personal_sign`;

/** Refused on purpose, with what the reason says. */
const refused = {
  wallet_addEthereumChain: /for wallets/,
  wallet_getCapabilities: /for wallets/,
  wallet_sendCalls: /for wallets/,
  wallet_switchEthereumChain: /for wallets/,
  engine_newPayloadV4: /agrees on blocks by itself/,
  admin_addPeer: /commands/,
  miner_start: /nothing is mined/,
  eth_getWork: /nothing is mined/,
  eth_submitWork: /nothing is mined/,
  eth_compileSolidity: /compile in the client/,
  eth_protocolVersion: /no peers/,
  debug_setHead: /evm_revert/,
};
/** Refused where keys and editing would be somebody else's. */
const refusedInProduction = {
  eth_sendTransaction: /sign in the client/,
  eth_sign: /sign in the client/,
  eth_signTypedData_v4: /sign in the client/,
  personal_sign: /sign in the client/,
  personal_unlockAccount: /sign in the client/,
  anvil_setBalance: /plume dev/,
  evm_mine: /plume dev/,
  hardhat_reset: /plume dev/,
};
const words = (text) => text.split(/\s+/);
const names = async (node) => {
  const { methods } = await rpc(node.rpc, 'rpc.discover');
  return new Set(methods.map(({ name }) => name));
};
const refusalOf = async (node, method) =>
  (await post(node.rpc, { jsonrpc: '2.0', id: 1, method, params: [] })).error;

group('what tools call', { skip: noPlume }, () => {
  let node, own, data;
  before(async () => {
    node = await startPlume();
    data = temporaryDirectory();
    const made = await plume('init', '--data', data.path, '--chain-id', '4242');
    assert.equal(made.code, 0, made.stderr);
    const args = ['--no-metrics'];
    own = await startPlume({ data: data.path, command: 'start', args });
  });
  after(async () => {
    await Promise.all([node?.stop(), own?.stop()]);
    data?.remove();
  });

  test('is there, on every chain', async () => {
    for (const known of [await names(node), await names(own)])
      for (const [tool, text] of Object.entries(tools))
        assert.deepEqual(words(text).filter((name) => !known.has(name)), [], tool);
  });

  test('is there, on a development chain, and on no other', async () => {
    const [known, others] = [await names(node), await names(own)];
    assert.deepEqual(words(development).filter((name) => !known.has(name)), []);
    assert.deepEqual(words(development).filter((name) => others.has(name)), []);
  });

  test('or is refused with the reason', async () => {
    const all = [
      ...Object.entries(refused).flatMap((one) => [[node, ...one], [own, ...one]]),
      ...Object.entries(refusedInProduction).map((one) => [own, ...one]),
    ];
    for (const [where, method, why] of all) {
      const error = await refusalOf(where, method);
      assert.equal(error?.code, -32601, method);
      assert.match(error.message, why, method);
    }
  });
});
