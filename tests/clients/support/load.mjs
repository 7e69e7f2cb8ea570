// Load for the kill test: senders that remember what they sent and what was acknowledged, and the
// audit of a restarted node against these memories.
import assert from 'node:assert/strict';

import { encodeFunctionData, erc20Abi, hexToBigInt, keccak256 } from 'viem';

import { RpcFailure, receiptOf, rpc, rpcBatch } from './rpc.mjs';

const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };

const transferData = (to, amount) =>
  encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [to, amount] });

/** Sends a signed transaction and resolves to its receipt: as one who waits, or one who polls. */
export const acknowledge = {
  waiting: (url, raw) => rpc(url, 'eth_sendRawTransactionSync', [raw, 20_000]),
  polling: async (url, raw) => receiptOf(url, await rpc(url, 'eth_sendRawTransaction', [raw])),
};

/**
 * An account that sends coin and tokens in turn, one transaction at a time and `pace` milliseconds
 * apart, to recipients nobody else pays. `sent` holds everything that was handed to a node: {hash, nonce, kind, to, amount},
 * and `receipt` once that was seen.
 */
export class Sender {
  constructor({ account, chainId, token, recipients, way, pace = 0 }) {
    Object.assign(this, { account, chainId, token, recipients, way, pace });
    this.nonce = 0;
    this.sent = [];
  }

  /**
   * Sends until the node is gone, which it must not be before `isKilled()`. An answer that is an
   * error, and a receipt that never comes, are failures of the test.
   */
  async run(url, isKilled) {
    for (;;) {
      const count = this.sent.length;
      const kind = count % 2 === 0 ? 'coin' : 'token';
      const to = this.recipients[count % this.recipients.length];
      const amount = BigInt(1 + (count % 97));
      const plain = { chainId: this.chainId, nonce: this.nonce, type: 'eip1559', ...fees };
      const raw = await this.account.signTransaction(
        kind === 'coin'
          ? { ...plain, to, value: amount, gas: 21_000n }
          : { ...plain, to: this.token, data: transferData(to, amount), gas: 200_000n },
      );
      const entry = { hash: keccak256(raw), nonce: this.nonce, kind, to, amount };
      this.sent.push(entry);
      try {
        entry.receipt = await acknowledge[this.way](url, raw);
        this.nonce += 1;
        if (this.pace > 0) await new Promise((done) => setTimeout(done, this.pace));
      } catch (error) {
        if (error instanceof RpcFailure || !isKilled()) throw error;
        return;
      }
    }
  }
}

/**
 * Holds the node at `url` against what the senders know, from one restart to the next. A
 * transaction whose receipt was seen is there, once, in the same block; balances and nonces follow
 * from what is there.
 */
export class Audit {
  constructor(senders, token) {
    this.senders = senders;
    this.token = token;
    this.blocks = []; // hash by number, as audited so far
    this.home = new Map(); // transaction hash -> block hash
    this.checked = senders.map(() => 0);
    this.spent = senders.map(() => 0n);
    this.included = senders.map(() => 0);
    this.paid = new Map(); // `kind address` -> amount
    this.acknowledged = 0;
  }

  /** Reads the blocks that are new since the last audit; the older ones must be as they were. */
  async readBlocks(url) {
    const head = Number(await rpc(url, 'eth_blockNumber'));
    assert.ok(head >= this.blocks.length - 1, 'the head went back behind what was audited');
    const from = Math.max(0, this.blocks.length - 1);
    const calls = Array.from({ length: head - from + 1 }, (_, i) => [
      'eth_getBlockByNumber',
      [`0x${(from + i).toString(16)}`, false],
    ]);
    for (const block of await rpcBatch(url, calls, 200)) {
      const number = Number(block.number);
      if (number < this.blocks.length) {
        assert.equal(block.hash, this.blocks[number], `block ${number} changed`);
        continue;
      }
      if (number > 0) assert.equal(block.parentHash, this.blocks[number - 1]);
      this.blocks.push(block.hash);
      for (const hash of block.transactions) {
        assert.ok(!this.home.has(hash), `${hash} is in two blocks`);
        this.home.set(hash, block.hash);
      }
    }
  }

  /** What a sender sent since the last audit: lost or kept, and what it did. */
  async readSent(url, index) {
    const sender = this.senders[index];
    const fresh = sender.sent.slice(this.checked[index]);
    this.checked[index] = sender.sent.length;
    const receipts = await rpcBatch(
      url,
      fresh.map(({ hash }) => ['eth_getTransactionReceipt', [hash]]),
    );
    fresh.forEach((entry, i) => {
      const receipt = receipts[i];
      const home = this.home.get(entry.hash);
      if (entry.receipt) {
        assert.ok(receipt, `${entry.hash} was acknowledged and is gone`);
        assert.deepEqual(receipt, entry.receipt);
        this.acknowledged += 1;
      }
      assert.equal(receipt?.blockHash, home, `receipt and block disagree on ${entry.hash}`);
      if (!receipt) return;
      assert.equal(receipt.status, '0x1');
      assert.equal(entry.nonce, this.included[index], 'a nonce was skipped or used twice');
      this.included[index] += 1;
      const fee = hexToBigInt(receipt.gasUsed) * hexToBigInt(receipt.effectiveGasPrice);
      this.spent[index] += fee + (entry.kind === 'coin' ? entry.amount : 0n);
      const key = `${entry.kind} ${entry.to}`;
      this.paid.set(key, (this.paid.get(key) ?? 0n) + entry.amount);
    });
    sender.nonce = this.included[index];
  }

  async checkAccounts(url, coin) {
    const count = (address) => ['eth_getTransactionCount', [address, 'latest']];
    const balance = (address) => ['eth_getBalance', [address, 'latest']];
    const addresses = this.senders.map(({ account }) => account.address);
    const nonces = await rpcBatch(url, addresses.map(count));
    assert.deepEqual(nonces.map(Number), this.included, 'nonces');
    const balances = (await rpcBatch(url, addresses.map(balance))).map(hexToBigInt);
    assert.deepEqual(
      balances,
      this.spent.map((spent) => coin - spent),
      'balances of senders',
    );

    const keys = [...this.paid.keys()];
    const held = await rpcBatch(
      url,
      keys.map((key) => {
        const [kind, address] = key.split(' ');
        if (kind === 'coin') return balance(address);
        const data = encodeFunctionData({
          abi: erc20Abi,
          functionName: 'balanceOf',
          args: [address],
        });
        return ['eth_call', [{ to: this.token, data }, 'latest']];
      }),
    );
    assert.deepEqual(
      held.map(hexToBigInt),
      keys.map((key) => this.paid.get(key)),
      'recipients',
    );
  }

  /** The whole audit; `coin` is what each sender was given before the load. */
  async run(url, coin) {
    await this.readBlocks(url);
    for (let i = 0; i < this.senders.length; ++i) await this.readSent(url, i);
    await this.checkAccounts(url, coin);
  }
}
