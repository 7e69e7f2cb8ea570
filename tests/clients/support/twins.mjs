// Two tokens on two nodes at the same address, called with the same bytes, and compared answer by
// answer.
import { encodeAbiParameters, encodeFunctionData, getAddress, hexToBigInt } from 'viem';
import { maxUint256, numberToHex, pad, parseAbi, parseSignature, zeroAddress } from 'viem';

import { startPlume, temporaryDirectory, testAccount } from './node.mjs';
import { generator } from './random.mjs';
import { post, receiptOf, rpc, rpcBatch } from './rpc.mjs';

/** What is called. Both tokens must answer all of it alike. */
export const tokenAbi = parseAbi([
  'function name() view returns (string)',
  'function symbol() view returns (string)',
  'function decimals() view returns (uint8)',
  'function totalSupply() view returns (uint256)',
  'function balanceOf(address) view returns (uint256)',
  'function allowance(address, address) view returns (uint256)',
  'function nonces(address) view returns (uint256)',
  'function DOMAIN_SEPARATOR() view returns (bytes32)',
  'function eip712Domain() view returns (bytes1,string,string,uint256,address,bytes32,uint256[])',
  'function issuer() view returns (address)',
  'function transfer(address, uint256) returns (bool)',
  'function approve(address, uint256) returns (bool)',
  'function transferFrom(address, address, uint256) returns (bool)',
  'function permit(address, address, uint256, uint256, uint8, bytes32, bytes32)',
  'function mint(address, uint256)',
  'function burn(uint256)',
  'function burnFrom(address, uint256)',
  'function clock() view returns (uint48)',
  'function CLOCK_MODE() view returns (string)',
  'function getVotes(address) view returns (uint256)',
  'function getPastVotes(address, uint256) view returns (uint256)',
  'function getPastTotalSupply(uint256) view returns (uint256)',
  'function delegates(address) view returns (address)',
  'function numCheckpoints(address) view returns (uint32)',
  'function checkpoints(address, uint32) view returns ((uint48,uint208))',
  'function delegate(address)',
  'function delegateBySig(address, uint256, uint256, uint8, bytes32, bytes32)',
]);

/** The token both are, and who holds it: the first actor is the issuer, and mints the supply. */
export const twin = { name: 'Twin Dollar', symbol: 'TWIN', decimals: 6, supply: 10n ** 15n };
export const actors = [20, 21, 22, 23, 24, 25].map(testAccount);

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const gas = 400_000n;
/** Calls in the fullest block; the first have one. */
const blockCalls = 60;

/** Gives the actors coin from the node's first account; or others. */
export async function fundActors(url, chainId, accounts = actors) {
  const funder = testAccount(0);
  let nonce = Number(await rpc(url, 'eth_getTransactionCount', [funder.address, 'pending']));
  for (const { address } of accounts) {
    const raw = await funder.signTransaction({
      chainId,
      nonce: nonce++,
      to: address,
      value: 10n ** 20n,
      gas: 21_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 10n ** 9n,
    });
    await receiptOf(url, await rpc(url, 'eth_sendRawTransaction', [raw]));
  }
}

const twinValues = [twin.name, twin.symbol, twin.decimals, actors[0].address];

/**
 * Puts a compiled contract on anvil, made with `values` (the token's, unless others are given), its
 * code and state moved to `address` when one is given.
 */
export async function deployOnAnvil(url, { abi, bytecode }, address, values = twinValues) {
  const funder = testAccount(0);
  const constructor = abi.find((entry) => entry.type === 'constructor');
  const given = encodeAbiParameters(constructor.inputs, values);
  const raw = await funder.signTransaction({
    chainId: 31337,
    nonce: Number(await rpc(url, 'eth_getTransactionCount', [funder.address, 'pending'])),
    data: bytecode + given.slice(2),
    gas: 5_000_000n,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 10n ** 9n,
  });
  const receipt = await receiptOf(url, await rpc(url, 'eth_sendRawTransaction', [raw]));
  const deployed = receipt.contractAddress;
  if (!address) return getAddress(deployed);

  const code = await rpc(url, 'eth_getCode', [deployed, 'latest']);
  await rpc(url, 'anvil_setCode', [address, code]);
  const plain = Array.from({ length: 10 }, (_, slot) => numberToHex(slot, { size: 32 }));
  for (const slot of plain) {
    const word = await rpc(url, 'eth_getStorageAt', [deployed, slot, 'latest']);
    await rpc(url, 'anvil_setStorageAt', [address, slot, word]);
  }
  return address;
}

/** One of the two: a node and the contract on it. */
export class Side {
  constructor(url, address) {
    this.url = url;
    this.address = address;
    this.known = new Map();
  }

  /** What calls answer: the data each returns or reverts with, and which of the two. */
  async answers(calls) {
    const body = calls.map(({ from, to = this.address, data, value }, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'eth_call',
      params: [
        { from, to, data, value: numberToHex(value), gas: numberToHex(gas) },
        'latest',
      ],
    }));
    const out = [];
    for (const { id, result, error } of await post(this.url, body))
      out[id] = { reverted: Boolean(error), data: error ? (error.data ?? '0x') : result };
    return out;
  }

  /** What one call answers; asked once for each block. */
  async call(from, data, value, to = this.address) {
    const key = `${from}${to}${data}${value}`;
    if (!this.known.has(key)) {
      const [answer] = await this.answers([{ from, to, data, value }]);
      this.known.set(key, answer);
    }
    return this.known.get(key);
  }

  /** What transactions leave behind, all in a block of the given second: status and events. */
  async send(raws, timestamp) {
    this.known.clear();
    const hashes = await rpcBatch(
      this.url,
      raws.map((raw) => ['eth_sendRawTransaction', [raw]]),
    );
    await rpc(this.url, 'evm_setNextBlockTimestamp', [numberToHex(timestamp)]);
    await rpc(this.url, 'evm_mine', []);
    const receipts = await rpcBatch(
      this.url,
      hashes.map((hash) => ['eth_getTransactionReceipt', [hash]]),
    );
    return receipts.map(({ status, logs }) => ({
      status,
      events: logs.map(({ address, topics, data }) => ({ address, topics, data })),
    }));
  }
}

/** Plume with what `prepare` does to it, and then a block only when one is asked for. */
export async function startPreparedPlume(prepare) {
  const { path, remove } = temporaryDirectory();
  const first = await startPlume({ data: path });
  try {
    await prepare(first);
  } finally {
    await first.stop();
  }
  const node = await startPlume({ data: path, args: ['--block-time', '3600'] });
  const stop = async () => {
    const how = await node.stop();
    remove();
    return how;
  };
  return { ...node, stop };
}

/** From now on anvil makes a block only when one is asked for. */
export async function holdBlocks({ rpc: url }) {
  await rpc(url, 'evm_setAutomine', [false]);
}

const encode = (functionName, args = []) =>
  encodeFunctionData({ abi: tokenAbi, functionName, args });

const permitTypes = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
};
const delegationTypes = {
  Delegation: [
    { name: 'delegatee', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'expiry', type: 'uint256' },
  ],
};

/** A signature by `owner`, right or wrong in one way: [v, r, s]. */
async function signed({ owner, domain, types, message, how }) {
  const signer = how === 'stranger' ? actors.find((actor) => actor !== owner) : owner;
  const primaryType = Object.keys(types)[0];
  const signature = parseSignature(
    await signer.signTypedData({ domain, types, primaryType, message }),
  );
  let { r, s } = signature;
  let v = 27 + signature.yParity;
  if (how === 'high s') {
    s = numberToHex(order - hexToBigInt(s), { size: 32 });
    v = 27 + (1 - signature.yParity);
  }
  if (how === 'no signature') r = pad('0x', { size: 32 });
  if (how === 'strange v') v = 2;
  return [v, r, s];
}

/** The bytes of a permit by `owner`. */
async function permitData({ owner, spender, value, nonce, domain, how }) {
  const deadline = how === 'expired' ? 1n : maxUint256;
  const message = {
    owner: owner.address,
    spender,
    value: how === 'other value' ? value ^ 1n : value,
    nonce: how === 'old nonce' ? nonce + 1n : nonce,
    deadline,
  };
  const signature = await signed({ owner, domain, types: permitTypes, message, how });
  return encode('permit', [owner.address, spender, value, deadline, ...signature]);
}

/** The bytes of a delegation by `owner`. A wrong one may name somebody else, who has units too. */
async function delegationData({ owner, delegatee, nonce, domain, how }) {
  const expiry = how === 'expired' ? 1n : maxUint256;
  const given = how === 'old nonce' ? nonce + 1n : nonce;
  const message = {
    delegatee: how === 'other value' ? actors[0].address : delegatee,
    nonce: given,
    expiry,
  };
  const signature = await signed({ owner, domain, types: delegationTypes, message, how });
  return encode('delegateBySig', [delegatee, given, expiry, ...signature]);
}

const permitKinds = [
  ...Array(6).fill('right'),
  'expired',
  'stranger',
  'other value',
  'old nonce',
  'high s',
  'no signature',
  'strange v',
];

/** The ways to spoil a call. */
export const spoilKinds = [
  'cut short',
  'longer',
  'dirty address',
  'unknown selector',
  'part of a selector',
  'nothing',
];

/** Bytes that are no well-formed call, made of a well-formed one. */
export function spoil(data, kind) {
  switch (kind) {
    case 'cut short':
      return data.slice(0, -2);
    case 'longer':
      return data + '00ff';
    case 'dirty address':
      return data.slice(0, 10) + '01' + data.slice(12);
    case 'unknown selector':
      return '0xdeadbeef' + data.slice(10);
    case 'part of a selector':
      return data.slice(0, 8);
    default:
      return '0x';
  }
}

/** Draws the calls of a run; knowing balances and nonces of one side, so that enough succeed. */
class Draw {
  constructor(seed, side, clock) {
    this.random = generator(seed);
    this.side = side;
    this.clock = clock;
    this.isOpened = false;
  }

  /** A second of the past, more seldom of the future, or beyond what a clock can show. */
  timepoint() {
    const { below, pick } = this.random;
    if (below(8) === 0) return pick([0n, this.clock.now, this.clock.now + 1n, 2n ** 48n]);
    return this.clock.begun + BigInt(below(Number(this.clock.now - this.clock.begun) + 1));
  }

  async read(functionName, args) {
    const { data } = await this.side.call(zeroAddress, encode(functionName, args), 0n);
    return hexToBigInt(data);
  }

  address() {
    const strangers = [
      zeroAddress,
      this.side.address,
      '0x00000000000000000000000000000000deadbeef',
    ];
    const { below, pick } = this.random;
    return below(10) === 0 ? pick(strangers) : pick(actors).address;
  }

  async amount(owner) {
    const { below, pick } = this.random;
    const balance = await this.read('balanceOf', [owner]);
    const edges = [0n, 1n, balance, balance + 1n, 2n ** 128n, maxUint256 - balance, maxUint256];
    if (below(8) === 0) return pick(edges.filter((edge) => edge <= maxUint256));
    return (balance * BigInt(below(1000))) / 4000n;
  }

  view() {
    const { below, pick } = this.random;
    const { name, inputs } = pick(tokenAbi.filter((entry) => entry.stateMutability === 'view'));
    const values = {
      address: () => this.address(),
      uint256: () => this.timepoint(),
      uint32: () => below(12),
    };
    return encode(
      name,
      inputs.map(({ type }) => values[type]()),
    );
  }

  async change(sender) {
    const { pick } = this.random;
    const method = pick([
      'transfer',
      'transfer',
      'approve',
      'transferFrom',
      'transferFrom',
      'permit',
      'mint',
      'burn',
      'burnFrom',
      'delegate',
      'delegateBySig',
    ]);
    const value = await this.amount(sender.address);
    switch (method) {
      case 'burn':
        return encode('burn', [value / 10n]);
      case 'burnFrom': {
        const from = this.address();
        return encode('burnFrom', [from, (await this.amount(from)) / 10n]);
      }
      case 'delegate':
        return encode('delegate', [this.address()]);
      case 'transferFrom': {
        const from = this.address();
        return encode(method, [from, this.address(), await this.amount(from)]);
      }
      case 'delegateBySig':
      case 'permit': {
        const owner = pick(actors);
        const nonce = await this.read('nonces', [owner.address]);
        const domain = {
          name: twin.name,
          version: '1',
          chainId: 31337,
          verifyingContract: this.side.address,
        };
        const how = pick(permitKinds);
        const other = this.address();
        return method === 'permit'
          ? permitData({ owner, spender: other, value, nonce, domain, how })
          : delegationData({ owner, delegatee: other, nonce, domain, how });
      }
      default:
        return encode(method, [this.address(), value]);
    }
  }

  /** The next call: who calls, with what, and whether it is also sent as a transaction. */
  async next() {
    if (!this.isOpened) {
      this.isOpened = true;
      const data = encode('mint', [actors[0].address, twin.supply]);
      return { sender: actors[0], from: actors[0].address, data, value: 0n, send: true };
    }
    const { below, pick } = this.random;
    const sender = below(3) === 0 ? actors[0] : pick(actors);
    const kind = below(20);
    if (kind < 4)
      return { sender, from: sender.address, data: this.view(), value: 0n, send: false };
    const data = await this.change(sender);
    if (kind === 4) return { sender, from: zeroAddress, data, value: 0n, send: false };
    if (kind === 5) return { sender, from: sender.address, data, value: 1n, send: true };
    if (kind === 6) {
      return {
        sender,
        from: sender.address,
        data: spoil(data, pick(spoilKinds)),
        value: 0n,
        send: true,
      };
    }
    return { sender, from: sender.address, data, value: 0n, send: true };
  }
}

const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

/** The second of the newest block. */
async function newestTimestamp(url) {
  const { timestamp } = await rpc(url, 'eth_getBlockByNumber', ['latest', false]);
  return hexToBigInt(timestamp);
}

/**
 * Makes `count` random calls on both, up to `blockCalls` in a block: calls on the token, unless
 * `drawing` makes others out of a seed, the left side and the clock. Each call is asked for before
 * its block, and what is sent is in it in the same order on both sides. Resolves to {different,
 * tally}: the first call that was answered differently (null when none was), and how many calls
 * ended in which way. Neither node may make blocks by itself.
 */
export async function compareTwins({
  left,
  right,
  count,
  seed,
  drawing = (...given) => new Draw(...given),
}) {
  const sides = [new Side(left.url, left.address), new Side(right.url, right.address)];
  const clocks = await Promise.all(sides.map((side) => newestTimestamp(side.url)));
  const begun = clocks.reduce((a, b) => (a > b ? a : b)) + 100n;
  const clock = { begun, now: begun };
  const draw = drawing(seed, sides[0], clock);
  const nonces = new Map(actors.map((actor) => [actor, 0]));
  const tally = { views: 0, succeeded: 0, refused: 0, blocks: 0 };
  const firstDifference = (calls, [ours, theirs]) => {
    const at = calls.findIndex((_, index) => !same(ours[index], theirs[index]));
    if (at < 0) return null;
    const { from, to, data, value } = calls[at];
    return { block: tally.blocks, from, to, data, value, answers: [ours[at], theirs[at]] };
  };
  for (let step = 0; step < count; ) {
    const calls = [];
    const size = Math.min(count - step, 1 + (tally.blocks % blockCalls));
    while (calls.length < size) calls.push(await draw.next());
    step += size;
    const answers = await Promise.all(sides.map((side) => side.answers(calls)));
    const sent = calls.filter(({ send }) => send);
    const raws = await signedInOrder(sent, sides[0].address, nonces);
    clock.now += BigInt(1 + (tally.blocks % 3));
    const traces = await Promise.all(sides.map((side) => side.send(raws, clock.now)));
    tally.blocks += 1;
    const different = firstDifference(calls, answers) ?? firstDifference(sent, traces);
    if (different) return { different, tally };
    tally.views += calls.length - sent.length;
    for (const { status } of traces[0]) tally[status === '0x1' ? 'succeeded' : 'refused'] += 1;
  }
  return { different: null, tally };
}

/** Signs the calls so that a block has them in this order, which is that of the tips. */
async function signedInOrder(calls, address, nonces) {
  const raws = [];
  for (const [index, { sender, to = address, data, value }] of calls.entries()) {
    const nonce = nonces.get(sender);
    nonces.set(sender, nonce + 1);
    raws.push(
      await sender.signTransaction({
        chainId: 31337,
        nonce,
        to,
        data,
        value,
        gas,
        maxFeePerGas: 10n ** 11n,
        maxPriorityFeePerGas: 10n ** 9n + BigInt(blockCalls - index),
      }),
    );
  }
  return raws;
}

/** Every balance, allowance, nonce and vote of the actors, and the supply. */
export async function finalState({ url, address }) {
  const side = new Side(url, address);
  const out = {};
  const note = async (name, ...args) => {
    out[`${name}(${args.join()})`] = (await side.call(zeroAddress, encode(name, args), 0n)).data;
  };
  await note('totalSupply');
  for (const owner of actors) {
    await note('balanceOf', owner.address);
    await note('nonces', owner.address);
    await note('getVotes', owner.address);
    await note('delegates', owner.address);
    await note('numCheckpoints', owner.address);
    for (const spender of actors) await note('allowance', owner.address, spender.address);
  }
  return out;
}
