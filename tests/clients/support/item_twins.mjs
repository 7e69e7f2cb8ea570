// Calls on two contracts of items, drawn at random: what twins_items.test.mjs compares.
import { encodeAbiParameters, encodeFunctionData, getContractAddress, hexToBigInt } from 'viem';
import { maxUint256, parseAbi, zeroAddress, zeroHash } from 'viem';

import { testAccount } from './node.mjs';
import { abiOf, attest, launch } from './mission.mjs';
import { generator } from './random.mjs';
import { receiptOf, rpc } from './rpc.mjs';
import { Side, actors, fundActors, spoil, spoilKinds } from './twins.mjs';
import { transact } from './wallet.mjs';

/** What is called. Both must answer all of it alike. */
const itemsAbi = parseAbi([
  'function balanceOf(address, uint256) view returns (uint256)',
  'function balanceOfBatch(address[], uint256[]) view returns (uint256[])',
  'function isApprovedForAll(address, address) view returns (bool)',
  'function uri(uint256) view returns (string)',
  'function totalSupply() view returns (uint256)',
  'function totalSupply(uint256) view returns (uint256)',
  'function exists(uint256) view returns (bool)',
  'function supportsInterface(bytes4) view returns (bool)',
  'function setApprovalForAll(address, bool)',
  'function safeTransferFrom(address, address, uint256, uint256, bytes)',
  'function safeBatchTransferFrom(address, address, uint256[], uint256[], bytes)',
  'function mint(address, uint256, uint256, bytes)',
  'function mintBatch(address, uint256[], uint256[], bytes)',
  'function burn(address, uint256, uint256)',
  'function burnBatch(address, uint256[], uint256[])',
]);

/** Short enough for one word of storage. */
export const uri = 'https://items.example/{id}';
/** The items that are defined; a few more numbers are asked for. */
const defined = [1n, 2n, 3n];

/** Who puts the receivers on both chains; and how many ways of answering they have. */
const deployer = testAccount(30);
const ways = 7;
const receivers = Array.from({ length: ways }, (_, nonce) =>
  getContractAddress({ from: deployer.address, nonce: BigInt(nonce) }),
);

/** Launches items whose issuer is the first actor; resolves to their address. */
export async function launchItems(node) {
  const founder = testAccount(0);
  const record = await attest(node, founder, 'record of items');
  const powers = Object.fromEntries(
    ['issuer', 'policy', 'pauser', 'freezer', 'forcer'].map((power) => [power, founder.address]),
  );
  const params = { uri, contractURI: '', record, domain: zeroHash, ...powers };
  const to = await launch(node, founder, 'AssetItems', 'AssetItems', [params]);
  const abi = await abiOf('AssetItems');
  for (const id of defined)
    await transact(node, founder, { to, abi, call: ['defineItem', [id, record, maxUint256, zeroHash]] });
  await transact(node, founder, { to, abi, call: ['handOn', [0, actors[0].address]] });
  return to;
}

/** Puts a contract for each way of answering on a node, at the same addresses on every node. */
export async function deployReceivers({ rpc: url, chainId }, { bytecode }) {
  await fundActors(url, chainId, [deployer]);
  for (let way = 0; way < ways; ++way) {
    const raw = await deployer.signTransaction({
      chainId,
      nonce: way,
      data: bytecode + encodeAbiParameters([{ type: 'uint8' }], [way]).slice(2),
      gas: 1_000_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 10n ** 9n,
    });
    await receiptOf(url, await rpc(url, 'eth_sendRawTransaction', [raw]));
  }
}

const encode = (functionName, args = []) =>
  encodeFunctionData({ abi: itemsAbi, functionName, args });

/** Draws the calls of a run; knowing balances on one side, so that enough succeed. */
export class ItemDraw {
  constructor(seed, side) {
    this.random = generator(seed);
    this.side = side;
  }

  async balance(owner, id) {
    const { data } = await this.side.call(zeroAddress, encode('balanceOf', [owner, id]), 0n);
    return hexToBigInt(data);
  }

  address() {
    const { below, pick } = this.random;
    const strangers = [
      zeroAddress,
      this.side.address,
      '0x00000000000000000000000000000000deadbeef',
    ];
    const kind = below(20);
    if (kind === 0) return pick(strangers);
    if (kind === 1) return pick(receivers);
    return kind < 4 ? receivers[0] : pick(actors).address;
  }

  id() {
    const { below, pick } = this.random;
    return below(12) === 0 ? pick([0n, 4n, maxUint256]) : pick(defined);
  }

  async amount(owner, id) {
    const { below, pick } = this.random;
    const balance = await this.balance(owner, id);
    const edges = [0n, 1n, balance, balance + 1n, 2n ** 128n, maxUint256 - balance, maxUint256];
    if (below(10) === 0) return pick(edges.filter((edge) => edge <= maxUint256));
    return (balance * BigInt(below(1000))) / 4000n;
  }

  bytes() {
    const { below, hex } = this.random;
    return below(3) === 0 ? hex(below(70)) : '0x';
  }

  /** Ids and amounts of a batch; seldom not as many of one as of the other. */
  async batch(amountOf) {
    const { below } = this.random;
    const ids = Array.from({ length: below(5) }, () => this.id());
    const amounts = [];
    for (const id of ids) amounts.push(await amountOf(id));
    if (below(20) === 0) amounts.push(0n);
    return [ids, amounts];
  }

  view() {
    const { below, pick } = this.random;
    const ids = ['0x01ffc9a7', '0xd9b67a26', '0x0e89341c', '0xffffffff', '0x4e2312e0'];
    switch (below(9)) {
      case 0:
        return encode('uri', [this.id()]);
      case 1:
        return encode('exists', [this.id()]);
      case 2:
        return encode('totalSupply');
      case 3:
        return encode('totalSupply', [this.id()]);
      case 4:
        return encode('supportsInterface', [pick(ids)]);
      case 5:
        return encode('isApprovedForAll', [this.address(), this.address()]);
      case 6:
        return encode('balanceOf', [this.address(), this.id()]);
      default: {
        const size = below(6);
        const list = (count, make) => Array.from({ length: count }, make);
        return encode('balanceOfBatch', [
          list(size, () => this.address()),
          list(below(8) === 0 ? size + 1 : size, () => this.id()),
        ]);
      }
    }
  }

  /** Who the units of a call come from: mostly its sender, so that most are his to move. */
  source(sender) {
    return this.random.below(4) === 0 ? this.address() : sender.address;
  }

  async change(sender) {
    const { below, pick } = this.random;
    // Mostly far from the end of numbers, but not always.
    const made = () => (below(40) === 0 ? maxUint256 : BigInt(below(1_000_000)));
    switch (below(10)) {
      case 0:
        return encode('setApprovalForAll', [this.address(), below(3) > 0]);
      case 1:
        return encode('mint', [this.address(), pick(defined), made(), this.bytes()]);
      case 2: {
        const ids = Array.from({ length: below(5) }, () => pick(defined));
        const amounts = ids.map(made);
        if (below(20) === 0) amounts.push(1n);
        return encode('mintBatch', [this.address(), ids, amounts, this.bytes()]);
      }
      case 3: {
        const from = this.source(sender);
        const id = this.id();
        return encode('burn', [from, id, (await this.amount(from, id)) / 10n]);
      }
      case 4: {
        const from = this.source(sender);
        const halved = async (id) => (await this.amount(from, id)) / 10n;
        return encode('burnBatch', [from, ...(await this.batch(halved))]);
      }
      case 5:
      case 6:
      case 7: {
        const from = this.source(sender);
        const batch = await this.batch((id) => this.amount(from, id));
        return encode('safeBatchTransferFrom', [from, this.address(), ...batch, this.bytes()]);
      }
      default: {
        const from = this.source(sender);
        const id = this.id();
        const amount = await this.amount(from, id);
        return encode('safeTransferFrom', [from, this.address(), id, amount, this.bytes()]);
      }
    }
  }

  /** The next call: who calls, with what, and whether it is also sent as a transaction. */
  async next() {
    const { below, pick } = this.random;
    const sender = below(3) === 0 ? actors[0] : pick(actors);
    const plain = { sender, from: sender.address, value: 0n, send: true };
    const kind = below(20);
    if (kind < 4) return { ...plain, data: this.view(), send: false };
    const data = await this.change(sender);
    if (kind === 4) return { ...plain, data, from: zeroAddress, send: false };
    if (kind === 5) return { ...plain, data, value: 1n };
    if (kind === 6) return { ...plain, data: spoil(data, pick(spoilKinds)) };
    return { ...plain, data };
  }
}

/** Every balance and approval of the actors and receivers, and the supplies. */
export async function finalItems({ url, address }) {
  const side = new Side(url, address);
  const out = {};
  const note = async (name, ...args) => {
    out[`${name}(${args.join()})`] = (await side.call(zeroAddress, encode(name, args), 0n)).data;
  };
  await note('totalSupply');
  for (const id of defined) {
    await note('totalSupply', id);
    for (const owner of [...actors.map((actor) => actor.address), ...receivers])
      await note('balanceOf', owner, id);
  }
  for (const owner of actors)
    for (const operator of actors) await note('isApprovedForAll', owner.address, operator.address);
  return out;
}
