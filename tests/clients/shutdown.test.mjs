// How a node ends: real signals under real load. Whatever happens, what was acknowledged is there
// after the next start.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { noPlume, plume, plumeBinary, startPlume, temporaryDirectory, testAccount } from './support/node.mjs';
import { rpc } from './support/rpc.mjs';

/** The promise of docs/operators.md, and what a laden machine may add to it. */
const stopMilliseconds = 5_000;
const grace = 5_000;

/** `plume start` on a chain with the ten test accounts, as a child with its signals. */
async function start(data, args = [], env = {}) {
  const all = ['start', '--data', data, '--port', '0', '--no-metrics', '--json', ...args];
  const child = spawn(plumeBinary, all, { env: { ...process.env, ...env } });
  let talk = '';
  child.stderr.on('data', (chunk) => {
    talk += chunk;
  });
  const exited = new Promise((done) =>
    child.once('exit', (code, signal) => done({ code, signal, at: Date.now() })),
  );
  const line = await Promise.race([
    new Promise((done) => child.stdout.once('data', (chunk) => done(`${chunk}`))),
    exited.then(() => null),
  ]);
  assert.ok(line, talk);
  return { ...JSON.parse(line), child, exited, talk: () => talk };
}

/** A directory with a chain that has been used once by plume dev, which funds the accounts. */
async function foundChain() {
  const folder = temporaryDirectory();
  const data = join(folder.path, 'data');
  await (await startPlume({ data })).stop();
  return { folder, data };
}

/** Sends payments until the node is gone; `receipts` holds what was acknowledged. */
function load(node, count) {
  const receipts = [];
  const senders = Array.from({ length: count }, async (_, index) => {
    const account = testAccount(index);
    let nonce = Number(await rpc(node.rpc, 'eth_getTransactionCount', [account.address, 'latest']));
    for (;;) {
      const raw = await account.signTransaction({
        chainId: node.chainId,
        type: 'eip1559',
        nonce: nonce++,
        to: testAccount(20).address,
        value: 1n,
        gas: 21_000n,
        maxFeePerGas: 10n ** 11n,
        maxPriorityFeePerGas: 10n ** 9n,
      });
      try {
        receipts.push(await rpc(node.rpc, 'eth_sendRawTransactionSync', [raw]));
      } catch {
        return;
      }
    }
  });
  return { receipts, done: Promise.all(senders) };
}

async function until(holds) {
  for (let i = 0; i < 3_000; ++i) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  assert.fail('it did not come to that');
}

/** Requests that keep every worker busy for half a minute. */
function occupy(node) {
  // PUSH0 JUMPDEST PUSH0 JUMP ... a loop until the gas is gone.
  const call = { to: testAccount(30).address, data: '0x', gas: '0x2faf080' };
  const code = { [testAccount(30).address]: { code: '0x5b600056' } };
  const batch = Array.from({ length: 1_000 }, (_, id) => ({
    jsonrpc: '2.0', id, method: 'eth_call', params: [call, 'latest', code],
  }));
  for (let i = 0; i < 16; ++i)
    fetch(node.rpc, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    }).catch(() => {});
}

for (const signal of ['SIGTERM', 'SIGINT'])
  test(`${signal} under load ends in time and loses nothing`, { skip: noPlume }, async () => {
    const { folder, data } = await foundChain();
    const node = await start(data);
    const { receipts, done } = load(node, 8);
    await until(() => receipts.length > 100);
    const sent = Date.now();
    node.child.kill(signal);
    const how = await node.exited;
    assert.deepEqual([how.code, how.signal], [0, null], node.talk());
    assert.ok(how.at - sent < stopMilliseconds + grace, `${how.at - sent} ms`);
    await done;
    assert.match(node.talk(), /msg=stopped/);
    assert.equal((await plume('verify', '--data', data)).code, 0);
    const again = await start(data);
    for (const { transactionHash, blockHash } of receipts.filter((one) => one))
      assert.equal(
        (await rpc(again.rpc, 'eth_getTransactionReceipt', [transactionHash]))?.blockHash,
        blockHash,
      );
    again.child.kill('SIGTERM');
    assert.equal((await again.exited).code, 0);
    folder.remove();
  });

test('requests that take too long do not hold the end up', { skip: noPlume }, async () => {
  const { folder, data } = await foundChain();
  const node = await start(data);
  occupy(node);
  await new Promise((done) => setTimeout(done, 1_000));
  const sent = Date.now();
  node.child.kill('SIGTERM');
  const how = await node.exited;
  assert.deepEqual([how.code, how.signal], [0, null], node.talk());
  assert.ok(how.at - sent < stopMilliseconds + grace, `${how.at - sent} ms`);
  folder.remove();
});

for (const [signal, code] of [['SIGTERM', 143], ['SIGINT', 130]])
  test(`a second ${signal} ends it at once with ${code}`, { skip: noPlume }, async () => {
    const { folder, data } = await foundChain();
    const node = await start(data);
    occupy(node);
    await new Promise((done) => setTimeout(done, 1_000));
    node.child.kill('SIGTERM');
    await until(() => node.talk().includes('msg=stopping'));
    node.child.kill(signal);
    const how = await node.exited;
    assert.equal(how.code, code, node.talk());
    const again = await start(data);
    again.child.kill('SIGTERM');
    assert.equal((await again.exited).code, 0, 'the lock is free');
    folder.remove();
  });

test('a second process is refused by name', { skip: noPlume }, async () => {
  const { folder, data } = await foundChain();
  const node = await start(data);
  const second = await plume('start', '--data', data, '--port', '0', '--no-metrics');
  assert.equal(second.code, 1);
  assert.match(second.stderr, new RegExp(`in use by process ${node.child.pid} since \\d{4}-\\d\\d-\\d\\d`));
  node.child.kill('SIGTERM');
  assert.equal((await node.exited).code, 0);
  folder.remove();
});

test('systemd hears of the start, of life and of the end', { skip: noPlume }, async (t) => {
  // node has no datagram sockets in the file system: socat or python would be needed.
  let python;
  try {
    python = (await import('node:child_process')).execFileSync('which', ['python3'], { encoding: 'utf8' }).trim();
  } catch {
    return t.skip('python3 is not installed; supervisor_test speaks to a real socket too');
  }
  const { folder, data } = await foundChain();
  const path = join(folder.path, 'notify');
  const listener = spawn(python, ['-u', '-c',
    'import socket,sys\ns=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint("bound")\n' +
    'while True: print(s.recv(4096).decode().replace("\\n","|"))', path]);
  let heard = '';
  listener.stdout.on('data', (chunk) => {
    heard += chunk;
  });
  await until(() => heard.includes('bound'));
  const node = await start(data, [], { NOTIFY_SOCKET: path, WATCHDOG_USEC: '300000' });
  await until(() => heard.includes('READY=1|STATUS=serving http://localhost:'));
  await until(() => (heard.match(/WATCHDOG=1/g) ?? []).length >= 3);
  node.child.kill('SIGTERM');
  assert.equal((await node.exited).code, 0);
  await until(() => heard.includes('STOPPING=1'));
  listener.kill();
  folder.remove();
});
