// Two nodes that are given the same transactions in the same blocks, and compared receipt by
// receipt, and at the end account by account.
import { hexToBigInt, numberToHex } from 'viem';

import { differences } from './differences.mjs';
import { post, rpc, rpcBatch } from './rpc.mjs';

/** The gas limit of blocks on both sides. */
export const blockGasLimit = 100_000_000n;
/** Transactions in a block; fewer when their gas does not fit. */
const blockSize = 100;

/** Sends signed transactions, and tells of each whether it was taken. */
async function submit(url, raws) {
  const answers = await post(
    url,
    raws.map((raw, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'eth_sendRawTransaction',
      params: [raw],
    })),
  );
  const taken = [];
  for (const { id, result, error } of answers)
    taken[id] = error ? { error: error.message } : { hash: result };
  return taken;
}

const receiptFields = [
  'status',
  'type',
  'transactionIndex',
  'from',
  'to',
  'contractAddress',
  'gasUsed',
  'cumulativeGasUsed',
  'effectiveGasPrice',
  'logsBloom',
];

/** What a receipt says of the transaction, but not of the block, whose hash differs. */
function plainReceipt(receipt) {
  if (!receipt) return null;
  const lower = (value) => (typeof value === 'string' ? value.toLowerCase() : (value ?? null));
  const out = Object.fromEntries(receiptFields.map((name) => [name, lower(receipt[name])]));
  out.logs = receipt.logs.map(({ address, topics, data, logIndex }) => ({
    ...{ address: lower(address), topics, data, logIndex },
  }));
  return out;
}

const headerFields = [
  'number',
  'timestamp',
  'gasLimit',
  'gasUsed',
  'miner',
  'baseFeePerGas',
  'transactionsRoot',
  'receiptsRoot',
  'logsBloom',
];

/** The base fee of the block after `parent` (EIP-1559). */
function nextBaseFee(parent) {
  const fee = hexToBigInt(parent.baseFeePerGas);
  const target = hexToBigInt(parent.gasLimit) / 2n;
  const used = hexToBigInt(parent.gasUsed);
  if (used === target) return fee;
  if (used < target) return fee - (fee * (target - used)) / target / 8n;
  const step = (fee * (used - target)) / target / 8n;
  return fee + (step > 0n ? step : 1n);
}

/** Plume and anvil, block by block. */
export class Pair {
  constructor(plume, anvil) {
    this.plume = plume;
    this.anvil = anvil;
    this.tally = {};
  }

  async start() {
    this.head = await rpc(this.plume, 'eth_getBlockByNumber', ['latest', false]);
    this.time = Number(this.head.timestamp);
    await rpc(this.anvil, 'anvil_setCoinbase', [this.head.miner]);
    // At fixed intervals Plume begins with an empty block.
    for (let number = 0; number < Number(this.head.number); ++number)
      await rpc(this.anvil, 'evm_mine', []);
  }

  get baseFee() {
    return nextBaseFee(this.head);
  }

  async nonces(addresses) {
    const calls = addresses.map((address) => ['eth_getTransactionCount', [address, 'latest']]);
    const counts = await rpcBatch(this.plume, calls);
    return new Map(addresses.map((address, i) => [address, Number(counts[i])]));
  }

  async mine(url) {
    await rpc(url, 'evm_setNextBlockTimestamp', [this.time]);
    await rpc(url, 'evm_mine', []);
    return rpc(url, 'eth_getBlockByNumber', ['latest', false]);
  }

  /**
   * Makes a block of the transactions on both sides. Resolves to {different}, what was not the same
   * or null, and {receipts}, null for what did not get into the block.
   */
  async block(transactions) {
    const raws = transactions.map(({ raw }) => raw);
    const sides = [this.plume, this.anvil];
    const taken = await Promise.all(sides.map((url) => submit(url, raws)));
    for (let i = 0; i < raws.length; ++i)
      if (taken[0][i].hash !== taken[1][i].hash)
        return { different: { ...transactions[i], answers: [taken[0][i], taken[1][i]] } };

    await rpc(this.anvil, 'anvil_setNextBlockBaseFeePerGas', [numberToHex(this.baseFee)]);
    this.time += 12;
    const blocks = await Promise.all(sides.map((url) => this.mine(url)));
    const hashes = taken[0].map(({ hash }) => hash).filter((hash) => hash);
    const calls = hashes.map((hash) => ['eth_getTransactionReceipt', [hash]]);
    const both = await Promise.all(sides.map((url) => rpcBatch(url, calls)));
    const receipts = new Map();
    for (let i = 0, at = 0; i < raws.length; ++i) {
      if (!taken[0][i].hash) {
        this.count(`${transactions[i].label}: refused`);
        continue;
      }
      const [left, right] = both.map((side) => plainReceipt(side[at]));
      receipts.set(transactions[i], both[0][at++]);
      const receipt = differences(left, right);
      if (receipt) return { different: { ...transactions[i], receipt } };
      const outcome = { '0x1': 'succeeded', '0x0': 'failed' }[left?.status] ?? 'left out';
      this.count(`${transactions[i].label}: ${outcome}`);
    }
    this.head = blocks[0];
    const fields = (block) => Object.fromEntries(headerFields.map((name) => [name, block[name]]));
    const header = differences(...blocks.map(fields));
    if (header) return { different: { header } };
    return { different: null, receipts: transactions.map((one) => receipts.get(one) ?? null) };
  }

  count(label) {
    this.tally[label] = (this.tally[label] ?? 0) + 1;
  }
}

/**
 * Sends `count` random transactions to both. Resolves to what was done differently first, or null.
 */
export async function compareTransactions(pair, draw, accounts, count) {
  const begin = async () => draw.beginBlock(await pair.nonces(accounts), pair.baseFee);
  await begin();
  let pending = await draw.setUp();
  for (let done = 0; ;) {
    const { different, receipts } = await pair.block(pending);
    if (different) return different;
    for (const receipt of receipts)
      if (receipt?.contractAddress && receipt.status === '0x1')
        draw.contracts.push(receipt.contractAddress);
    if (done >= count) return null;
    await begin();
    pending = [];
    let gas = 0n;
    while (pending.length < blockSize && done + pending.length < count) {
      const transaction = await draw.next();
      pending.push(transaction);
      gas += transaction.gas;
      if (gas > blockGasLimit - (1n << 25n)) break;
    }
    done += pending.length;
  }
}
