// Random calls on two pooled vaults over the same asset, one native and one of OpenZeppelin's parts.
import { encodeFunctionData, hexToBigInt, maxUint256, parseAbi, zeroAddress } from 'viem';

import { testAccount } from './node.mjs';
import { generator } from './random.mjs';
import { attest, launch, launchRegulatedToken } from './mission.mjs';
import { Side, actors, deployOnAnvil, spoil, tokenAbi, twin } from './twins.mjs';

/** The shares, on either side. */
export const pool = { name: 'Twin Pool', symbol: 'POOL' };

/** What is called, apart from what every token has. */
const poolAbi = parseAbi([
  'function name() view returns (string)',
  'function symbol() view returns (string)',
  'function decimals() view returns (uint8)',
  'function totalSupply() view returns (uint256)',
  'function balanceOf(address) view returns (uint256)',
  'function allowance(address, address) view returns (uint256)',
  'function nonces(address) view returns (uint256)',
  'function DOMAIN_SEPARATOR() view returns (bytes32)',
  'function eip712Domain() view returns (bytes1,string,string,uint256,address,bytes32,uint256[])',
  'function asset() view returns (address)',
  'function totalAssets() view returns (uint256)',
  'function convertToShares(uint256) view returns (uint256)',
  'function convertToAssets(uint256) view returns (uint256)',
  'function previewDeposit(uint256) view returns (uint256)',
  'function previewMint(uint256) view returns (uint256)',
  'function previewWithdraw(uint256) view returns (uint256)',
  'function previewRedeem(uint256) view returns (uint256)',
  'function maxWithdraw(address) view returns (uint256)',
  'function maxRedeem(address) view returns (uint256)',
  'function transfer(address, uint256) returns (bool)',
  'function approve(address, uint256) returns (bool)',
  'function transferFrom(address, address, uint256) returns (bool)',
  'function deposit(uint256, address) returns (uint256)',
  'function mint(uint256, address) returns (uint256)',
  'function withdraw(uint256, address, address) returns (uint256)',
  'function redeem(uint256, address, address) returns (uint256)',
]);

const encode = (functionName, args = [], abi = poolAbi) =>
  encodeFunctionData({ abi, functionName, args });

/** Launches the asset, whose issuer is the first actor, and the pool: {asset, address}. */
export async function launchPool(node) {
  const founder = testAccount(0);
  const asset = await launchRegulatedToken(node, { ...twin, issuer: actors[0].address });
  const record = await attest(node, founder, 'record of POOL');
  const terms = { ...pool, record, asset, operator: zeroAddress, principalMax: 0n };
  return { asset, address: await launch(node, founder, 'Vault.Pool', 'Pool', [terms]) };
}

/** The same on anvil; at these addresses, when they are given. */
export async function deployPool(url, { Twin, Pool }, { asset: at, address } = {}) {
  const asset = await deployOnAnvil(url, Twin, at);
  const values = [pool.name, pool.symbol, asset];
  return { asset, address: await deployOnAnvil(url, Pool, address, values) };
}

const amountMax = 2n ** 96n;

/** Draws the calls of a run; knowing balances on one side, so that enough succeed. */
export class PoolDraw {
  constructor(seed, side, asset) {
    this.random = generator(seed);
    this.side = side;
    this.asset = asset;
    this.opening = actors.flatMap((actor) => [
      this.onAsset(actors[0], 'mint', [actor.address, 10n ** 13n]),
      this.onAsset(actor, 'approve', [side.address, 10n ** 12n]),
    ]);
  }

  onAsset(sender, name, args) {
    const data = encode(name, args, tokenAbi);
    return { sender, from: sender.address, to: this.asset, data, value: 0n, send: true };
  }

  async balance(owner, token) {
    const data = encode('balanceOf', [owner]);
    return hexToBigInt((await this.side.call(zeroAddress, data, 0n, token)).data);
  }

  /** Never the pool itself: see the differences in twins_pool.test.mjs. */
  account() {
    const { below, pick } = this.random;
    return below(12) === 0 ? pick([this.asset, zeroAddress]) : pick(actors).address;
  }

  receiver() {
    const { below, pick } = this.random;
    return below(12) === 0 ? this.asset : pick(actors).address;
  }

  async amount(owner, token) {
    const { below, pick } = this.random;
    const balance = await this.balance(owner, token);
    if (below(8) === 0) return pick([0n, 1n, balance, balance + 1n, amountMax]);
    return (balance * BigInt(below(1000))) / 3000n;
  }

  view() {
    const { below, pick } = this.random;
    const { name, inputs } = pick(poolAbi.filter((entry) => entry.stateMutability === 'view'));
    const values = {
      address: () => this.account(),
      uint256: () => pick([0n, 1n, BigInt(below(10 ** 9)), 10n ** 18n, amountMax]),
    };
    return encode(
      name,
      inputs.map(({ type }) => values[type]()),
    );
  }

  async change(sender) {
    const { below, pick } = this.random;
    const own = sender.address;
    const method = pick([
      'deposit',
      'deposit',
      'mint',
      'withdraw',
      'redeem',
      'redeem',
      'transfer',
      'approve',
      'transferFrom',
    ]);
    switch (method) {
      case 'deposit':
        return encode(method, [await this.amount(own, this.asset), this.receiver()]);
      case 'mint':
        return encode(method, [(await this.amount(own, this.asset)) * 10n ** 6n, this.receiver()]);
      case 'withdraw':
      case 'redeem': {
        const owner = below(3) === 0 ? this.receiver() : own;
        const shares = await this.amount(owner);
        return encode(method, [
          method === 'redeem' ? shares : shares / 10n ** 6n,
          this.account(),
          owner,
        ]);
      }
      case 'transferFrom': {
        const from = this.account();
        return encode(method, [from, this.account(), await this.amount(from)]);
      }
      case 'approve':
        return encode(method, [
          this.account(),
          below(4) === 0 ? maxUint256 : await this.amount(own),
        ]);
      default:
        return encode(method, [this.account(), await this.amount(own)]);
    }
  }

  /** The next call: who calls, with what, and whether it is also sent as a transaction. */
  async next() {
    if (this.opening.length > 0) return this.opening.shift();
    const { below, pick } = this.random;
    const sender = pick(actors);
    const from = sender.address;
    const kind = below(20);
    if (kind < 5) return { sender, from, data: this.view(), value: 0n, send: false };
    if (kind === 5) {
      const amount = await this.amount(from, this.asset);
      const name = pick(['transfer', 'approve']);
      const to = name === 'approve' ? this.side.address : pick(actors).address;
      return this.onAsset(sender, name, [to, amount]);
    }
    const data = await this.change(sender);
    if (kind === 6) return { sender, from, data, value: 1n, send: true };
    if (kind === 7) {
      const spoiled = spoil(data, pick(['cut short', 'longer', 'part of a selector', 'nothing']));
      return { sender, from, data: spoiled, value: 0n, send: true };
    }
    return { sender, from, data, value: 0n, send: true };
  }
}

/** Every balance and allowance of the actors, in shares and in the asset, and the sums. */
export async function finalPool({ url, address, asset }) {
  const side = new Side(url, address);
  const out = {};
  const note = async (to, name, ...args) => {
    const { data } = await side.call(zeroAddress, encode(name, args), 0n, to);
    out[`${to}.${name}(${args.join()})`] = data;
  };
  await note(address, 'totalAssets');
  for (const token of [address, asset]) {
    await note(token, 'totalSupply');
    for (const owner of [...actors.map((actor) => actor.address), address, asset]) {
      await note(token, 'balanceOf', owner);
      for (const { address: spender } of actors) await note(token, 'allowance', owner, spender);
    }
  }
  return out;
}
