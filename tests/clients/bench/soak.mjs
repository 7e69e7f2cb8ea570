// Hours of mixed load with restarts, and whether the node stays what it was: memory, descriptors,
// threads and files are read every ten seconds, and after each restart all that was acknowledged is
// audited. Ends with a table, a row a run between restarts, and with code 1 when something grew.
//
//   node bench/soak.mjs BUILD [MINUTES]    BUILD has plume
//
// Runs end by SIGTERM and by kill -9 in turn. What may grow is what a chain keeps: files, in
// proportion to transactions.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';

import { encodeFunctionData, erc20Abi } from 'viem';
import { WebSocket } from 'ws';

const [build, minutesText] = process.argv.slice(2);
if (!build) throw new Error('usage: node bench/soak.mjs BUILD [MINUTES]');
process.env.PLUME = resolve(build, 'plume');
const { Audit, Sender } = await import('../support/load.mjs');
const { launchToken } = await import('../support/mission.mjs');
const { plume, startPlume, temporaryDirectory, testAccount } = await import('../support/node.mjs');
const { generator, seedOfRun } = await import('../support/random.mjs');
const { rpc } = await import('../support/rpc.mjs');
const { transact } = await import('../support/wallet.mjs');

const minutes = Number(minutesText ?? 120);
const runs = 6;
const senderCount = 16;
const paceMilliseconds = 250;
const sampleMilliseconds = 10_000;
const coin = 10n ** 20n;
const tokens = 10n ** 12n;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const random = generator(seedOfRun());
const hex = (number) => `0x${number.toString(16)}`;

/** A token, and senders that hold some of it and some coin. */
async function prepare(node) {
  const founder = testAccount(0);
  const token = await launchToken(node, {
    name: 'Soak',
    symbol: 'SOAK',
    decimals: 6,
    supply: tokens * BigInt(senderCount),
    issuer: founder.address,
    mintable: false,
  });
  const senders = [];
  for (let i = 0; i < senderCount; ++i) {
    const account = testAccount(100 + i);
    await transact(node, founder, { to: account.address, value: coin });
    const call = ['transfer', [account.address, tokens]];
    await transact(node, founder, { to: token, abi: erc20Abi, call });
    const recipients = Array.from(
      { length: 500 },
      (_, k) => `0x${(0x50a0000000 + 500 * i + k).toString(16).padStart(40, '0')}`,
    );
    const way = i % 2 === 0 ? 'waiting' : 'polling';
    const pace = paceMilliseconds;
    senders.push(new Sender({ account, chainId: node.chainId, token, recipients, way, pace }));
  }
  return { token, senders };
}

/** What programs ask a node, each as a function of where the chain is. */
function questions(token, senders) {
  const someone = () => senders[random.below(senderCount)];
  const sent = () => someone().sent.findLast(({ receipt }) => receipt)?.hash;
  const balanceOf = (address) =>
    encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [address] });
  const block = (head) => hex(random.below(head + 1));
  return [
    () => ['eth_getBalance', [someone().account.address, 'latest']],
    (head) => ['eth_getBalance', [someone().account.address, block(head)]],
    () => ['eth_call', [{ to: token, data: balanceOf(someone().account.address) }, 'latest']],
    (head) => [
      'eth_call',
      [{ to: token, data: balanceOf(someone().account.address) }, block(head)],
    ],
    (head) => ['eth_getBlockByNumber', [block(head), true]],
    (head) => ['eth_getBlockReceipts', [block(head)]],
    (head) => [
      'eth_getLogs',
      [{ address: token, fromBlock: hex(Math.max(0, head - 50)), toBlock: 'latest' }],
    ],
    () => ['eth_feeHistory', ['0x20', 'latest', [10, 90]]],
    () => ['eth_estimateGas', [{ to: token, data: balanceOf(token) }]],
    () => ['eth_getProof', [token, ['0x0'], 'latest']],
    () => ['debug_traceTransaction', [sent() ?? `0x${'00'.repeat(32)}`, {}]],
    () => ['txpool_status', []],
    () => ['eth_getFilterChanges', ['0x1']],
    () => ['eth_newBlockFilter', []],
    () => ['no_such_method', [{}]],
  ];
}

function ask(agent, url, [method, params]) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', resolve);
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Asks until `isOver()`; a node that does not answer before that is a failure. */
async function reads(node, all, isOver, counts) {
  const kept = new Agent({ keepAlive: true, maxSockets: 4 });
  const one = async () => {
    while (!isOver()) {
      const head = Number(await rpc(node.rpc, 'eth_blockNumber'));
      for (let i = 0; i < 20 && !isOver(); ++i) {
        // One in ten opens a connection of its own.
        const agent = random.below(10) === 0 ? false : kept;
        await ask(agent, node.rpc, all[random.below(all.length)](head));
        counts.reads += 1;
        await pause(50);
      }
    }
  };
  const guarded = () =>
    one().catch((error) => {
      if (!isOver()) throw error;
    });
  await Promise.all(Array.from({ length: 4 }, guarded));
  kept.destroy();
}

/** Subscribers that stay for half a minute, half of them leaving without a word. */
async function subscriptions(node, isOver, counts) {
  const one = async () => {
    while (!isOver()) {
      const socket = new WebSocket(node.rpc.replace('http:', 'ws:'));
      socket.on('error', () => {});
      socket.on('message', () => (counts.notifications += 1));
      socket.on('open', () =>
        ['newHeads', 'newPendingTransactions', 'logs'].forEach((topic, id) =>
          socket.send(
            JSON.stringify({ jsonrpc: '2.0', id, method: 'eth_subscribe', params: [topic] }),
          ),
        ),
      );
      for (let i = 0; i < 30 && !isOver(); ++i) await pause(1_000);
      if (random.below(2) === 0) socket.terminate();
      else socket.close();
    }
  };
  await Promise.all([one(), one(), one(), one()]);
}

function filesOf(directory) {
  let bytes = 0;
  let files = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: false })) {
    const path = join(directory, entry.name);
    try {
      if (entry.isDirectory()) {
        const below = filesOf(path);
        bytes += below.bytes;
        files += below.files;
      } else {
        bytes += statSync(path).size;
        files += 1;
      }
    } catch (error) {
      if (error.code !== 'ENOENT') throw error; // compacted away meanwhile
    }
  }
  return { bytes, files };
}

function sample(pid, data) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]);
  return {
    memory: number('VmRSS') / 1024,
    threads: number('Threads'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    ...filesOf(data),
  };
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const data = temporaryDirectory();
let node = await startPlume({ data: data.path });
const { token, senders } = await prepare(node);
const audit = new Audit(senders, token);
const all = questions(token, senders);
const rows = [];
try {
  for (let run = 0; run < runs; ++run) {
    const counts = { reads: 0, notifications: 0 };
    const before = { sent: senders.reduce((sum, { sent }) => sum + sent.length, 0) };
    const { bytes } = filesOf(data.path);
    const samples = [];
    const end = Date.now() + (minutes * 60_000) / runs;
    let isOver = false;
    const load = Promise.all([
      ...senders.map((sender) => sender.run(node.rpc, () => isOver)),
      reads(node, all, () => isOver, counts),
      subscriptions(node, () => isOver, counts),
    ]);
    const failed = load.then(() => assert.fail('the load ended by itself'));
    while (Date.now() < end) {
      await Promise.race([pause(Math.min(sampleMilliseconds, end - Date.now())), failed]);
      samples.push(sample(node.pid, data.path));
    }
    isOver = true;
    failed.catch(() => {});
    const way = run % 2 === 0 ? 'SIGTERM' : 'kill -9';
    if (run % 2 === 0) assert.equal((await node.stop()).code, 0, 'an orderly stop');
    else await node.kill();
    await load;
    const begun = performance.now();
    node = await startPlume({ data: data.path });
    const restart = performance.now() - begun;
    await audit.run(node.rpc, coin);

    const third = Math.ceil(samples.length / 3);
    const part = (name) => [samples.slice(0, third), samples.slice(-third)].map((some) =>
      median(some.map((one) => one[name])),
    );
    const transactions =
      senders.reduce((sum, { sent }) => sum + sent.length, 0) - before.sent;
    rows.push({
      way,
      transactions,
      ...counts,
      memory: part('memory').map(Math.round),
      descriptors: part('descriptors'),
      threads: part('threads'),
      files: samples.at(-1).files,
      bytes: Math.round((filesOf(data.path).bytes - bytes) / transactions),
      restart: Math.round(restart),
    });
    console.error(JSON.stringify(rows.at(-1)));
  }
  await node.stop();
  const verdict = await plume('verify', '--data', data.path);
  assert.equal(verdict.code, 0, verdict.stdout + verdict.stderr);
} finally {
  await node.kill();
  data.remove();
}

// Memory in MiB, bytes of files a transaction, milliseconds of a restart.
const columns = Object.keys(rows[0]);
console.log(`${minutes} minutes, ${audit.blocks.length} blocks; two figures: the first and the last third of a run`);
console.log(`| ${columns.join(' | ')} |`);
console.log(`|${' --- |'.repeat(columns.length)}`);
for (const row of rows)
  console.log(`| ${columns.map((name) => [row[name]].flat().join(' → ')).join(' | ')} |`);

const grown = [];
for (const [run, { descriptors, threads }] of rows.entries()) {
  if (descriptors[1] > descriptors[0] + 16) grown.push(`descriptors in run ${run + 1}`);
  if (threads[1] > threads[0]) grown.push(`threads in run ${run + 1}`);
}
const [first, last] = [rows[0], rows.at(-1)];
if (last.memory[1] > 1.5 * first.memory[1] + 32) grown.push('memory from the first run to the last');
// A log stays behind after kill -9, and is gone after SIGTERM: of two runs together.
const bytes = (some) => some.reduce((sum, row) => sum + row.bytes, 0) / some.length;
if (bytes(rows.slice(-2)) > 1.5 * bytes(rows.slice(0, 2))) grown.push('bytes a transaction');
if (grown.length > 0) {
  console.log(`grew: ${grown.join(', ')}`);
  process.exitCode = 1;
}
