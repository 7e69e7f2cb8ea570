// Plume beside anvil, over JSON-RPC, in one run on one machine: transactions from raw bytes to
// receipts, how long they take at half load, and reads.
//
//   node bench/node.mjs BUILD [COUNT]    BUILD has plume and bench/node_bench
//
// Both sides get the same load from the same generator, bench/node_bench, which signs ahead. Plume
// writes every block to a disk and syncs it before a receipt can be seen; anvil keeps nothing. Anvil
// is measured as it is fastest, with --no-mining and one block mined at the end, and as it comes,
// mining by itself. Where Plume has a native contract, anvil runs what OpenZeppelin has of the kind:
// ERC20.transfer for AssetToken.transfer, ERC4626.deposit for Vault.contribute. Swaps are Uniswap's
// bytecode on both.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { encodeFunctionData, maxUint256, zeroAddress, zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

const [build, countText] = process.argv.slice(2);
if (!build) throw new Error('usage: node bench/node.mjs BUILD [COUNT]');
process.env.PLUME = resolve(build, 'plume');
const { abiOf, attest, launch, launchCurrency } = await import('../support/mission.mjs');
const { startAnvil, startPlume, temporaryDirectory, testAccount } =
  await import('../support/node.mjs');
const { rpc } = await import('../support/rpc.mjs');
const { artifact, compileAll } = await import('../support/solidity.mjs');
const { Person } = await import('../support/wallet.mjs');

const count = Number(countText ?? 20_000);
const senderCount = 512;
const gas = { coin: 21_000, token: 120_000, vault: 400_000, swap: 250_000 };
const folder = temporaryDirectory();
const run = promisify(execFile);

const senders = Array.from({ length: senderCount }, (_, index) => {
  const key = `0x${(0x10000 + index).toString(16).padStart(64, '0')}`;
  return { key, address: privateKeyToAccount(key).address };
});
const recipient = (index) =>
  `0x${(0xbe0000000000 + (index % 20_000)).toString(16).padStart(40, '0')}`;
const encode = ({ abi }, functionName, args) => encodeFunctionData({ abi, functionName, args });
const v2 = (path) => artifact(`@uniswap/v2-${path}.json`);

async function generator(mode, node, options) {
  const port = new URL(node.rpc).port;
  const args = [mode, '--port', port, '--pid', `${node.pid}`, ...options.map(String)];
  const { stdout } = await run(join(build, 'bench/node_bench'), args);
  return JSON.parse(stdout);
}

/** A node with contracts on it, and people who use them. */
class Side {
  constructor(node) {
    this.node = node;
    this.nonces = new Map();
  }

  /** Makes [{key, address, to, value, gas, data}] transactions, and resolves to how that went. */
  async send(calls, ...options) {
    const lines = [];
    for (const { from, to, value = 0n, gas: limit, data = '0x' } of calls) {
      const nonce =
        this.nonces.get(from.address) ??
        Number(await rpc(this.node.rpc, 'eth_getTransactionCount', [from.address, 'latest']));
      this.nonces.set(from.address, nonce + 1);
      lines.push(`${from.key} ${nonce} ${to} ${value} ${limit} ${data}`);
    }
    const file = join(folder.path, 'calls');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const chain = ['--chain-id', this.node.chainId, '--calls', file, '--verify'];
    const outcome = await generator('transactions', this.node, [...chain, ...options]);
    if (outcome.errors > 0 || outcome.succeeded !== calls.length)
      throw new Error(`not everything succeeded: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  /** Requests a second for a method with each of these arguments in turn, so many sent ahead. */
  async read(method, all, ahead = 1) {
    const file = join(folder.path, 'requests');
    const body = (params, id) => JSON.stringify({ jsonrpc: '2.0', id, method, params });
    writeFileSync(file, `${all.map(body).join('\n')}\n`);
    const outcome = await generator('reads', this.node, ['--requests', file, '--ahead', ahead]);
    if (outcome.errors > 0) throw new Error(`${method}: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  /** On anvil everyone is given what they need in a block of its own: by itself it takes minutes. */
  async setUp(makeContracts, isAnvil) {
    const account = testAccount(0);
    this.founder = new Person(this.node, account);
    const key = `0x${Buffer.from(account.getHdKey().privateKey).toString('hex')}`;
    const founder = { key, address: account.address };
    const { router, first, second } = await this.deployExchange();
    this.path = [first.address, second.address];
    this.router = router;
    this.coin = first;
    Object.assign(this, await makeContracts(this));

    const from = founder;
    const gifts = senders.flatMap(({ address }) => [
      { from, to: address, value: 100n * 10n ** 18n, gas: gas.coin },
      ...[first, this.token].map((token) => ({
        ...{ from, to: token.address, gas: gas.token },
        data: encode(token, 'transfer', [address, 10n ** 8n]),
      })),
    ]);
    if (isAnvil) await rpc(this.node.rpc, 'evm_setAutomine', [false]);
    const way = isAnvil ? ['--mine'] : [];
    await this.send(gifts, ...way);
    const allowances = senders.flatMap((sender) =>
      [
        [first, router],
        [this.token, this.vault],
      ].map(([token, spender]) => ({
        ...{ from: sender, to: token.address, gas: gas.token },
        data: encode(token, 'approve', [spender.address, maxUint256]),
      })),
    );
    await this.send(allowances, ...way);
  }

  /** Uniswap's second version with a pair of two tokens of bytecode. */
  async deployExchange() {
    const { founder } = this;
    const { Plain } = compileAll('Measured');
    const supply = 10n ** 24n;
    const [first, second] = [
      await founder.deploy(Plain, [supply]),
      await founder.deploy(Plain, [supply]),
    ];
    const wrapped = await founder.deploy(v2('periphery/build/WETH9'));
    const factory = await founder.deploy(v2('core/build/UniswapV2Factory'), [founder.address]);
    const router = await founder.deploy(v2('periphery/build/UniswapV2Router02'), [
      factory.address,
      wrapped.address,
    ]);
    for (const token of [first, second])
      await founder.send(token, 'approve', [router.address, maxUint256]);
    const amounts = [10n ** 20n, 10n ** 20n, 0n, 0n];
    const pool = [first.address, second.address, ...amounts, founder.address, maxUint256];
    await founder.send(router, 'addLiquidity', pool);
    return { router, first, second };
  }

  /** `count` calls of a workload, by every sender in turn. */
  calls(workload, number = count) {
    const target = { coin: null, token: this.token, vault: this.vault, swap: this.router }[
      workload
    ];
    return Array.from({ length: number }, (_, index) => {
      const from = senders[index % senderCount];
      if (workload === 'coin') return { from, to: recipient(index), value: 1n, gas: gas.coin };
      const data = {
        token: () => encode(this.token, 'transfer', [recipient(index), 1n]),
        vault: () => this.contribution(from.address),
        swap: () => {
          const args = [1_000n, 0n, this.path, from.address, maxUint256];
          return encode(this.router, 'swapExactTokensForTokens', args);
        },
      }[workload]();
      return { from, to: target.address, gas: gas[workload], data };
    });
  }
}

/** The native contracts: a currency and a vault that no number of contributions fills. */
async function nativeContracts({ node, founder }) {
  const token = await launchCurrency(node, founder);
  const amount = 10n ** 30n;
  const soon = BigInt(Math.floor(Date.now() / 1000));
  const abi = await abiOf('Conditions');
  const condition = encodeFunctionData({ abi, functionName: 'after_', args: [2n ** 40n] });
  const tranche = {
    amount,
    payees: [{ to: founder.address, amount }],
    opensAt: 0n,
    deadline: soon + 10n ** 8n,
    challenge: 0,
    criteria: zeroHash,
    release: { target: node.contracts.conditions, data: condition },
    cancel: { target: zeroAddress, data: '0x' },
  };
  const terms = {
    name: 'Bench share',
    symbol: 'SHARE',
    asset: token.address,
    record: await attest(node, founder.account, 'bench'),
    purpose: zeroHash,
    steward: founder.address,
    fundingDeadline: soon + 10n ** 7n,
  };
  const args = [terms, [tranche], true];
  const address = await launch(node, founder.account, 'Vault.Milestone', 'Vault', args);
  const vault = { address, abi: await abiOf('Vault') };
  const contribution = (receiver) => encode(vault, 'contribute', [1n, receiver, zeroHash]);
  return { token, vault, contribution };
}

/** Their likes of bytecode. */
async function plainContracts({ founder }) {
  const { Plain, Pot } = compileAll('Measured');
  const token = await founder.deploy(Plain, [10n ** 24n]);
  const vault = await founder.deploy(Pot, [token.address]);
  const contribution = (receiver) => encode(vault, 'deposit', [1n, receiver]);
  return { token, vault, contribution };
}

const workloads = {
  coin: 'value transfer',
  token: 'token transfer',
  vault: 'vault deposit',
  swap: 'swap',
};

async function measureReads(side) {
  const balances = senders.map(({ address }) => [address, 'latest']);
  const calls = senders.map(({ address }) => [
    { to: side.coin.address, data: encode(side.coin, 'balanceOf', [address]) },
    'latest',
  ]);
  return {
    eth_getBalance: await side.read('eth_getBalance', balances),
    eth_call: await side.read('eth_call', calls),
    'eth_getBalance, 16 sent ahead': await side.read('eth_getBalance', balances, 16),
    'eth_call, 16 sent ahead': await side.read('eth_call', calls, 16),
  };
}

/** What a node does, by `mode`: 'plume', 'no-mining' or 'automine'. */
async function measure(mode, node, number = count) {
  const isAnvil = mode !== 'plume';
  const mines = mode === 'no-mining';
  try {
    const side = new Side(node);
    side.founder = new Person(node, testAccount(0));
    await side.setUp(isAnvil ? plainContracts : nativeContracts, isAnvil);
    if (isAnvil) await rpc(node.rpc, 'evm_setAutomine', [!mines]);
    const out = { full: {}, half: {} };
    for (const [workload, name] of Object.entries(workloads)) {
      console.error(`${mode}: ${number} times ${name}`);
      out.full[workload] = await side.send(
        side.calls(workload, number),
        ...(mines ? ['--mine'] : []),
      );
      if (mines) continue;
      const rate = out.full[workload].per_second / 2;
      const some = side.calls(workload, Math.min(number, Math.ceil(3 * rate)));
      out.half[workload] = await side.send(some, '--rate', rate);
    }
    if (mode !== 'automine') out.reads = await measureReads(side);
    return out;
  } finally {
    await node.stop();
  }
}

const round = (value, digits = 0) => value.toFixed(digits);
const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

function report(plume, best, auto) {
  console.log(`\n${count} transactions each; anvil by itself ${auto.full.coin.transactions}\n`);
  row(
    'From raw bytes to receipt',
    'Plume /s',
    'µs',
    'anvil no-mining /s',
    'µs',
    'automine /s',
    'times',
    'times automine',
  );
  row('---', '---', '---', '---', '---', '---', '---', '---');
  for (const [workload, name] of Object.entries(workloads)) {
    const [a, b, c] = [plume, best, auto].map(({ full }) => full[workload]);
    const times = [a.per_second / b.per_second, a.per_second / c.per_second];
    row(
      name,
      round(a.per_second),
      round(a.server_us),
      round(b.per_second),
      round(b.server_us),
      round(c.per_second),
      ...times.map((each) => round(each, 2)),
    );
  }
  console.log();
  row('At half load', 'sent /s', 'p50 ms', 'p99 ms', 'anvil automine: sent /s', 'p50 ms', 'p99 ms');
  row('---', '---', '---', '---', '---', '---', '---');
  for (const [workload, name] of Object.entries(workloads)) {
    const [a, c] = [plume, auto].map(({ half }) => half[workload]);
    const cells = [a, c].flatMap((each) => [
      round(each.per_second),
      round(each.p50_ms, 1),
      round(each.p99_ms, 1),
    ]);
    row(name, ...cells);
  }
  console.log();
  row('Reads', 'Plume /s', 'µs', 'anvil /s', 'µs', 'times');
  row('---', '---', '---', '---', '---', '---');
  for (const [method, a] of Object.entries(plume.reads)) {
    const b = best.reads[method];
    row(
      method,
      round(a.per_second),
      round(a.server_us, 1),
      round(b.per_second),
      round(b.server_us, 1),
      round(a.per_second / b.per_second, 2),
    );
  }
  const all = [plume, best, auto].flatMap(({ full }) => Object.values(full));
  const worst = (field) => round(Math.max(...all.map((each) => each[field])), 2);
  console.log(
    `\nthe generator used at most ${worst('generator_cores')} cores, ${worst('generator_us')} µs a transaction at most; others on the machine at most ${worst('foreign_cores')} cores`,
  );
}

const start = { args: ['--balance', '1000000'] };
const anvil = { args: [...start.args, '--gas-limit', '10000000000'] };
try {
  const plume = await measure('plume', await startPlume(start));
  const best = await measure('no-mining', await startAnvil(anvil));
  const auto = await measure('automine', await startAnvil(anvil), Math.ceil(count / 20));
  report(plume, best, auto);
  if (process.env.OUT)
    writeFileSync(process.env.OUT, JSON.stringify({ plume, best, auto }, null, 2));
} finally {
  folder.remove();
}
