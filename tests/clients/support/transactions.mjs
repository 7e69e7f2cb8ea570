// Random transactions, signed, for two chains that are to do the same with them.
import { numberToHex } from 'viem';

import { testAccount } from './node.mjs';
import { Programs, deploying, hexOf, op, precompiles, push } from './programs.mjs';

/** Send many transactions a block; nothing but their own transactions moves their nonces. */
export const plainSenders = [0, 1, 2, 3, 4, 5].map(testAccount);
/** Lend themselves code (EIP-7702), so that anything may move their nonces. They have money, too. */
export const delegators = [6, 7, 8, 9].map(testAccount);
/** Lend themselves code, and have next to nothing. */
const strangers = [40, 41, 42].map(testAccount);
/** Everyone whose nonce the draw has to know. */
export const everyone = [...plainSenders, ...delegators, ...strangers].map(
  ({ address }) => address,
);
const authorities = [...delegators, ...strangers];

/** EIP-7825. */
const gasMax = 1n << 24n;
const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Contracts that random programs seldom come to be; they are deployed in the first block. */
export const templates = [
  // Makes a contract by CREATE2 of what it is called with, and returns its address.
  [
    ...[op.CALLDATASIZE, op.PUSH0, op.PUSH0, op.CALLDATACOPY],
    ...[op.PUSH0, op.CALLDATASIZE, op.PUSH0, op.PUSH0, op.CREATE2],
    ...[op.PUSH0, op.MSTORE, ...push(32), op.PUSH0, op.RETURN],
  ],
  // The same by CREATE.
  [
    ...[op.CALLDATASIZE, op.PUSH0, op.PUSH0, op.CALLDATACOPY],
    ...[op.CALLDATASIZE, op.PUSH0, op.PUSH0, op.CREATE, op.PUSH0, op.SSTORE],
  ],
  // Writes slots from the number that it is called with downwards.
  [
    ...[op.PUSH0, op.CALLDATALOAD, ...push(0xff), 0x16],
    ...[op.JUMPDEST, op.DUP1, op.DUP1, op.SSTORE, ...push(1), op.SWAP1, op.SUB],
    ...[op.DUP1, 0x60, 5, op.JUMPI],
  ],
  // Clears the slots that the former writes; the refund is more than a fifth.
  [
    ...[op.PUSH0, op.CALLDATALOAD, ...push(0xff), 0x16],
    ...[op.JUMPDEST, op.PUSH0, 0x81, op.SSTORE, ...push(1), op.SWAP1, op.SUB],
    ...[op.DUP1, 0x60, 5, op.JUMPI],
  ],
  // Calls itself until gas or depth run out, counts in a slot, logs the count.
  [
    ...[...push(1), op.PUSH0, op.TLOAD, op.ADD, op.DUP1, op.PUSH0, op.TSTORE, op.PUSH0, op.SSTORE],
    ...[op.PUSH0, op.PUSH0, op.PUSH0, op.PUSH0, op.PUSH0, op.ADDRESS, op.GAS, op.CALL],
    ...[...push(1), op.SSTORE, op.PUSH0, op.PUSH0, op.LOG0],
  ],
  // Delegates to the address that it is called with, and answers as that does.
  [
    ...[op.CALLDATASIZE, op.PUSH0, op.PUSH0, op.CALLDATACOPY],
    ...[op.PUSH0, op.PUSH0, op.CALLDATASIZE, op.PUSH0, op.PUSH0, op.CALLDATALOAD, op.GAS],
    ...[op.DELEGATECALL, op.RETURNDATASIZE, op.PUSH0, op.PUSH0, op.RETURNDATACOPY],
    ...[0x60, 0x15, op.JUMPI, op.RETURNDATASIZE, op.PUSH0, op.REVERT],
    ...[op.JUMPDEST, op.RETURNDATASIZE, op.PUSH0, op.RETURN],
  ],
  // Goes, and leaves what it has to whom it is called with.
  [op.PUSH0, op.CALLDATALOAD, op.SELFDESTRUCT],
  // Calls the address that it is called with 40 times with all it has, and stores how that ended.
  [
    ...[...push(40), op.JUMPDEST, op.PUSH0, op.PUSH0, ...push(96), op.PUSH0, op.PUSH0],
    ...[op.PUSH0, op.CALLDATALOAD, op.GAS, op.CALL, 0x81, op.SSTORE],
    ...[...push(1), op.SWAP1, op.SUB, op.DUP1, ...push(2), op.JUMPI],
  ],
];

/**
 * Draws transactions. Each comes as {raw, label}: signed, and what it is meant to be. `tip` falls
 * from one to the next, so that a pool that looks at fees keeps them in this order.
 */
export class Transactions {
  constructor(random, chainId) {
    this.random = random;
    this.chainId = chainId;
    this.contracts = [];
    this.nonces = new Map();
    this.programs = new Programs(random, () => this.known());
  }

  /** Everyone who may be called. */
  known() {
    return [
      ...this.contracts.slice(-60),
      ...this.contracts.slice(0, templates.length),
      ...[...plainSenders.slice(0, 2), ...authorities].map(({ address }) => address),
    ];
  }

  /**
   * Begins a block: `nonces` as of the head by address, its base fee. Of the delegators some will
   * send, and be no authorities.
   */
  beginBlock(nonces, baseFee) {
    this.nonces = nonces;
    this.baseFee = baseFee;
    this.tip = 2n * 10n ** 10n;
    this.sending = delegators.filter(() => this.random.below(3) === 0);
    this.signing = authorities.filter((account) => !this.sending.includes(account));
  }

  nextNonce(account) {
    const nonce = this.nonces.get(account.address);
    this.nonces.set(account.address, nonce + 1);
    return nonce;
  }

  sender() {
    const { below, pick } = this.random;
    if (this.sending.length > 0 && below(10) === 0) return this.sending.pop();
    return pick(plainSenders);
  }

  data() {
    const { below, pick, hex } = this.random;
    switch (below(8)) {
      case 0:
        return '0x';
      case 1:
        return hex(below(200));
      case 2:
        return hexOf(Array(below(3000)).fill(0));
      case 3:
        return numberToHex(this.programs.word(), { size: 32 });
      case 4:
        return hexOf(this.programs.initCode());
      case 5:
        return numberToHex(pick(precompiles), { size: 32 });
      default:
        return numberToHex(BigInt(pick(this.known())), { size: 32 }) + hex(below(70)).slice(2);
    }
  }

  accessList() {
    const { below, pick } = this.random;
    const address = () =>
      below(4) === 0 ? numberToHex(pick(precompiles), { size: 20 }) : pick(this.known());
    return Array.from({ length: below(4) }, () => ({
      address: address(),
      storageKeys: Array.from({ length: below(4) }, () => numberToHex(below(6), { size: 32 })),
    }));
  }

  /** A gas limit that covers the price before the first instruction, and not much more or a lot. */
  gas({ to, data, accessList, authorizationList }) {
    const { below } = this.random;
    const size = data ? (data.length - 2) / 2 : 0;
    const lists = (accessList ?? []).map(({ storageKeys }) => 2_400 + 1_900 * storageKeys.length);
    const least =
      (to ? 21_000 : 53_000) +
      41 * size +
      lists.reduce((sum, price) => sum + price, 0) +
      25_000 * (authorizationList?.length ?? 0);
    const kind = below(10);
    if (kind === 0) return BigInt(least + below(60_000));
    if (kind === 1) return gasMax;
    return BigInt(least + 200_000 + below(1_800_000));
  }

  value() {
    const { below } = this.random;
    return below(3) === 0 ? BigInt(below(1_000)) : 0n;
  }

  /** A tuple by one of the authorities, right or wrong in one way. */
  async authorization() {
    const { below, pick } = this.random;
    const account = pick(this.signing);
    const nonce = this.nonces.get(account.address);
    const to = below(5) === 0 ? numberToHex(pick([0, 0, 1, 4, 0x11, 0x100]), { size: 20 }) : null;
    const wish = {
      contractAddress: to ?? pick(this.known()),
      chainId: below(2) === 0 ? 0 : this.chainId,
      nonce,
    };
    const how = below(12);
    if (how === 0) wish.chainId = 7;
    if (how === 1) wish.nonce += 1;
    if (how === 2) wish.nonce = Math.max(0, nonce - 1);
    const signed = await account.signAuthorization(wish);
    if (how === 3) signed.s = numberToHex(halfOrder + 1n + BigInt(below(1000)), { size: 32 });
    if (how === 4) signed.r = numberToHex(pick([0, 5]), { size: 32 }); // 5 is no point's x.
    if (how === 5) signed.r = numberToHex((1n << 256n) - 1n, { size: 32 });
    const holds = how > 5 || (how === 2 && nonce === 0);
    if (holds) this.nonces.set(account.address, nonce + 1);
    return signed;
  }

  /** What a transaction does: {to, data} and so on, without fees and nonce. */
  async body() {
    const { below, pick, hex } = this.random;
    const kind = below(100);
    if (kind < 25) {
      const code = below(12) === 0 ? deploying(pick(templates)) : this.programs.initCode();
      return { label: 'deployment', data: hexOf(code) };
    }
    if (kind < 70)
      return { label: 'call', to: pick(this.contracts), data: this.data(), value: this.value() };
    if (kind < 78) {
      const to = pick([...this.known(), hex(20), numberToHex(pick(precompiles), { size: 20 })]);
      return { label: 'payment', to, data: below(2) === 0 ? '0x' : this.data(), value: 1n };
    }
    const authorizationList = [];
    for (let i = 1 + below(3); i > 0; --i) authorizationList.push(await this.authorization());
    return {
      label: 'delegation',
      to: pick(below(2) === 0 ? this.known() : authorities.map(({ address }) => address)),
      data: this.data(),
      value: this.value(),
      authorizationList,
    };
  }

  fees(body) {
    const { below } = this.random;
    this.tip -= 10n ** 8n;
    const price = this.baseFee + this.tip;
    if (!body.authorizationList && below(4) === 0) return { type: 'legacy', gasPrice: price };
    const accessList = this.accessList();
    if (!body.authorizationList && below(3) === 0)
      return { type: 'eip2930', gasPrice: price, accessList };
    return {
      type: body.authorizationList ? 'eip7702' : 'eip1559',
      maxFeePerGas: below(2) === 0 ? price : price + 10n ** 12n,
      maxPriorityFeePerGas: this.tip,
      accessList,
    };
  }

  /** What keeps a transaction out of any block; both sides have to say so at once. */
  spoiled(transaction) {
    const how = this.random.pick(['gas', 'cap', 'funds', 'init code']);
    const wrong = {
      gas: { gas: 20_999n },
      cap: { gas: gasMax + 1n },
      funds: { value: 10n ** 25n },
      'init code': { to: undefined, data: hexOf(Array(49_153).fill(0)), gas: 3_000_000n },
    }[how];
    return { ...transaction, ...wrong, label: `wrong ${how}` };
  }

  async sign(account, { label, ...transaction }) {
    return { label, gas: transaction.gas, raw: await account.signTransaction(transaction) };
  }

  /** The first block: deploys the templates, and makes sure that all authorities exist. */
  async setUp() {
    const bodies = [
      ...templates.map((code) => ({ label: 'template', data: hexOf(deploying(code)) })),
      ...strangers.map(({ address }) => ({ label: 'payment', to: address, value: 1n })),
    ];
    const out = [];
    for (const body of bodies) {
      const account = plainSenders[0];
      const fees = { type: 'legacy', gasPrice: this.baseFee + (this.tip -= 10n ** 8n) };
      const nonce = this.nextNonce(account);
      const transaction = { ...body, ...fees, nonce, gas: 1_000_000n, chainId: this.chainId };
      out.push(await this.sign(account, transaction));
    }
    return out;
  }

  async next() {
    const body = await this.body();
    const transaction = { chainId: this.chainId, ...body, ...this.fees(body) };
    transaction.gas = this.gas(transaction);
    if (!body.authorizationList && this.random.below(30) === 0) {
      const account = this.random.pick(plainSenders);
      const nonce = this.nonces.get(account.address);
      return this.sign(account, this.spoiled({ ...transaction, nonce }));
    }
    const account = this.sender();
    return this.sign(account, { ...transaction, nonce: this.nextNonce(account) });
  }
}
