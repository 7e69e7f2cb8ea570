// The index of a running node and the files that plume export makes of it: killed at any moment it
// goes on where it was, made anew it is the same, and the files say what the chain says.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { parseAbi } from 'viem';

import { launchToken } from './support/mission.mjs';
import { noPlume, plume, startPlume, temporaryDirectory, testAccount } from './support/node.mjs';
import { generator, seedOfRun } from './support/random.mjs';
import { rpc } from './support/rpc.mjs';
import { transact } from './support/wallet.mjs';

const erc20 = parseAbi([
  'function transfer(address, uint256) returns (bool)',
  'function balanceOf(address) view returns (uint256)',
]);
const person = (index) => `0x${(0xabc000 + index).toString(16).padStart(40, '0')}`;

/** The rows of a CSV file without quotes, as objects, and its last line. */
function readCsv(text) {
  const lines = text.split('\r\n').filter((line) => line !== '');
  const names = lines[0].split(',');
  const rows = lines
    .slice(1, -1)
    .map((line) => Object.fromEntries(line.split(',').map((field, i) => [names[i], field])));
  return { rows, footer: lines.at(-1) };
}

const launch = (node, founder) =>
  launchToken(node, {
    name: 'Roof',
    symbol: 'ROOF',
    decimals: 2,
    supply: 1_000_000n,
    issuer: founder.address,
    mintable: false,
  });

test('kills while the index is written leave it whole', { skip: noPlume }, async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`seed ${seed}`);
  const random = generator(seed);
  const data = temporaryDirectory();
  t.after(() => data.remove());
  const founder = testAccount(0);
  let node = await startPlume({ data: data.path });
  t.after(() => node.kill());
  const token = await launch(node, founder);
  const expected = new Map();
  let sent = 0n;
  for (let round = 0; round < 8; ++round) {
    const count = 1 + random.below(12);
    for (let i = 0; i < count; ++i) {
      const to = person(random.below(6));
      const amount = BigInt(1 + random.below(1000));
      await transact(node, founder, { to: token, abi: erc20, call: ['transfer', [to, amount]] });
      expected.set(to, (expected.get(to) ?? 0n) + amount);
      sent += amount;
    }
    await node.kill();
    node = await startPlume({ data: data.path });
    const table = await rpc(node.rpc, 'plume_capTable', [token, { limit: 1000 }]);
    const found = new Map(table.items.map((row) => [row.holder, BigInt(row.amount)]));
    assert.equal(found.get(founder.address.toLowerCase()), 1_000_000n - sent);
    found.delete(founder.address.toLowerCase());
    assert.deepEqual([...found].sort(), [...expected].sort(), `round ${round}, SEED=${seed}`);
    assert.equal(table.supply, '1000000');
  }

  const exported = await plume('export', 'transfers', token, '--rpc', node.rpc);
  assert.equal(exported.code, 0, exported.stderr);
  const { rows, footer } = readCsv(exported.stdout);
  assert.equal(
    rows.reduce((sum, row) => (BigInt(row.from) === 0n ? sum : sum + BigInt(row.amount)), 0n),
    sent,
  );
  assert.ok(rows.every((row) => row.symbol === 'ROOF' && row.decimals === '2'));
  const block = await rpc(node.rpc, 'eth_getBlockByNumber', ['latest', false]);
  assert.match(footer, new RegExp(`^# block ${Number(block.number)} ${block.hash} of chain 31337`));

  const busy = await plume('index', 'rebuild', '--data', data.path);
  assert.notEqual(busy.code, 0, 'not while a node runs');
  await node.stop();
  rmSync(join(data.path, 'index.db'));
  const rebuilt = await plume('index', 'rebuild', '--data', data.path, '--json');
  assert.equal(rebuilt.code, 0, rebuilt.stderr);
  assert.equal(JSON.parse(rebuilt.stdout).blocks, Number(block.number) + 1);
  node = await startPlume({ data: data.path });
  const again = await plume('export', 'transfers', token, '--rpc', node.rpc);
  assert.equal(again.stdout, exported.stdout);
  const taken = await plume('export', 'transfers', token, '--data', data.path);
  assert.notEqual(taken.code, 0, 'not while a node runs');
  await node.stop();
  const stopped = await plume('export', 'transfers', token, '--data', data.path);
  assert.equal(stopped.code, 0, stopped.stderr);
  assert.equal(stopped.stdout, exported.stdout);
  const empty = await plume('export', 'transfers', token, '--data', '/nonexistent');
  assert.match(empty.stderr, /holds no chain/);
});

test('a cap table is had as of a block and as of a time', { skip: noPlume }, async (t) => {
  const node = await startPlume();
  t.after(() => node.stop());
  const founder = testAccount(0);
  const token = await launch(node, founder);
  const before = await rpc(node.rpc, 'eth_getBlockByNumber', ['latest', false]);
  await rpc(node.rpc, 'evm_increaseTime', [3600]);
  await transact(node, founder, {
    to: token,
    abi: erc20,
    call: ['transfer', [person(1), 250_000n]],
  });
  const holders = async (...args) => {
    const { code, stdout, stderr } = await plume(
      ...['export', 'captable', token, '--rpc', node.rpc, '--format', 'json', ...args],
    );
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).rows.map((row) => [row.amount, row.shareMillionths]);
  };
  assert.deepEqual(await holders('--as-of', `${Number(before.number)}`), [['1000000', '1000000']]);
  assert.deepEqual(await holders('--as-of', `@${Number(before.timestamp) + 1}`), [
    ['1000000', '1000000'],
  ]);
  assert.deepEqual((await holders()).sort(), [
    ['250000', '250000'],
    ['750000', '750000'],
  ]);
  const file = join(temporaryDirectory().path, 'holders.csv');
  const written = await plume('export', 'holders', token, '--rpc', node.rpc, '-o', file);
  assert.equal(written.code, 0, written.stderr);
  assert.equal(readCsv(readFileSync(file, 'utf8')).rows.length, 2);
  const wrong = await plume('export', 'captable', token, '--rpc', node.rpc, '--as-of', 'then');
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /no block number/);
  const noVault = await plume('export', 'vault', token, '--rpc', node.rpc);
  assert.equal(noVault.code, 2);
  assert.match(noVault.stderr, /is no vault/);
});

test('a node without an index says so and makes no file', { skip: noPlume }, async (t) => {
  const data = temporaryDirectory();
  t.after(() => data.remove());
  const node = await startPlume({ data: data.path, args: ['--no-index'] });
  t.after(() => node.kill());
  await assert.rejects(rpc(node.rpc, 'plume_vaults', []), /keeps no index/);
  assert.equal(existsSync(join(data.path, 'index.db')), false);
  await node.stop();
});
