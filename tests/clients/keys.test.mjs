// Key files as their owner uses them, held against ethers and viem.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Wallet } from 'ethers';
import { verifyMessage } from 'viem';

import { noPlume, plume, startPlume, temporaryDirectory, testAccount } from './support/node.mjs';
import { rpc } from './support/rpc.mjs';

let folder;
let keys;
let password;

before(() => {
  folder = temporaryDirectory();
  keys = join(folder.path, 'keys');
  password = join(folder.path, 'password');
  writeFileSync(password, 'correct horse battery staple\n', { mode: 0o600 });
});
after(() => folder?.remove());

const key = async (...args) => {
  const done = await plume('key', ...args, '--keys', keys);
  return { ...done, json: done.stdout.startsWith('{') || done.stdout.startsWith('[') ? JSON.parse(done.stdout) : null };
};
let made;

test('a new key is in a file for its owner alone, which ethers opens', { skip: noPlume }, async () => {
  const { code, stderr, json } = await key('new', '--password-file', password, '--json');
  assert.equal(code, 0, stderr);
  made = json;
  assert.equal(statSync(made.file).mode & 0o777, 0o600);
  assert.equal(statSync(keys).mode & 0o777, 0o700);
  const wallet = await Wallet.fromEncryptedJson(readFileSync(made.file, 'utf8'), 'correct horse battery staple');
  assert.equal(wallet.address, made.address);
  assert.ok(!readFileSync(made.file, 'utf8').includes(wallet.privateKey.slice(2)));
});

test('it is listed and found by its address', { skip: noPlume }, async () => {
  const { json } = await key('list', '--json');
  assert.deepEqual(json, [{ address: made.address, file: made.file, problem: null }]);
  assert.equal((await key('address', made.file)).stdout.trim(), made.address);
  assert.equal((await key('address', made.address, '--json')).json.file, made.file);
});

test('a message is signed as viem verifies it', { skip: noPlume }, async () => {
  const message = 'The tranche of May — 4,000 cUSD';
  const signed = await key('sign', made.address, message, '--password-file', password);
  assert.equal(signed.code, 0, signed.stderr);
  const signature = signed.stdout.trim();
  assert.ok(await verifyMessage({ address: made.address, message, signature }));
  assert.ok(!(await verifyMessage({ address: made.address, message: `${message}.`, signature })));
});

test('a private key is imported from a file, never from an argument', { skip: noPlume }, async () => {
  const wallet = Wallet.createRandom();
  const bare = join(folder.path, 'bare');
  writeFileSync(bare, `${wallet.privateKey}\n`, { mode: 0o600 });
  const into = join(folder.path, 'imported');
  const { code, stdout } = await plume('key', 'import', '--private-key-file', bare,
    '--password-file', password, '--keys', into, '--json');
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).address, wallet.address);
  writeFileSync(bare, 'not a key\n');
  const bad = await key('import', '--private-key-file', bare, '--password-file', password);
  assert.equal(bad.code, 2);
  assert.ok(!bad.stderr.includes('not a key'), 'what may be a key is not repeated');
});

test('without a terminal a password file is needed', { skip: noPlume }, async () => {
  const done = await key('new');
  assert.equal(done.code, 2);
  assert.match(done.stderr, /a file is needed/);
});

test('a key file that others may read is refused', { skip: noPlume }, async () => {
  chmodSync(made.file, 0o644);
  const signed = await key('sign', made.address, 'x', '--password-file', password);
  assert.equal(signed.code, 1);
  assert.match(signed.stderr, /may be read by other users \(mode 0644\): chmod 600 /);
  assert.match((await key('list', '--json')).json[0].problem, /chmod 600/);
  chmodSync(made.file, 0o600);
});

test('send signs with a key file', { skip: noPlume }, async t => {
  const node = await startPlume();
  t.after(() => node.stop());
  const to = testAccount(40).address;
  const funded = await plume('send', made.address, '--value', '1000000000000000000', '--from', 'treasurer',
    '--rpc', node.rpc);
  assert.equal(funded.code, 0, funded.stderr);
  const sent = await plume('send', to, '--value', '7', '--key-file', made.file, '--password-file', password,
    '--rpc', node.rpc);
  assert.equal(sent.code, 0, sent.stderr);
  assert.equal(BigInt(await rpc(node.rpc, 'eth_getBalance', [to, 'latest'])), 7n);
  chmodSync(made.file, 0o640);
  const refused = await plume('send', to, '--value', '7', '--key-file', made.file, '--password-file', password,
    '--rpc', node.rpc);
  assert.equal(refused.code, 1);
  chmodSync(made.file, 0o600);
  assert.ok(!node.talk().includes('correct horse'));
  await assert.rejects(rpc(node.rpc, 'personal_unlockAccount', [made.address, 'x', 1]));
});

test('a node refuses to start beside a key file that others may read', { skip: noPlume }, async () => {
  const data = join(folder.path, 'data');
  assert.equal((await plume('init', '--data', data, '--chain-id', '77')).code, 0);
  mkdirSync(join(data, 'keys'));
  writeFileSync(join(data, 'keys', 'a'), readFileSync(made.file));
  chmodSync(join(data, 'keys', 'a'), 0o644);
  const done = await plume('start', '--data', data, '--port', '0', '--no-metrics');
  assert.equal(done.code, 1);
  assert.match(done.stderr, /chmod 600/);
});

test('a data directory that others may read is made private', { skip: noPlume }, async () => {
  const data = join(folder.path, 'open');
  assert.equal((await plume('init', '--data', data, '--chain-id', '77')).code, 0);
  chmodSync(data, 0o755);
  const node = await startPlume({ data, command: 'start', args: ['--no-metrics'] });
  assert.equal(statSync(data).mode & 0o777, 0o700);
  await node.stop();
});
