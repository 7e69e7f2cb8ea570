// The configuration as an operator meets it: files, variables and flags of the real program.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { noPlume, plumeBinary, temporaryDirectory } from './support/node.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '../..');
let folder;

before(() => {
  folder = temporaryDirectory();
});
after(() => folder?.remove());

/** Runs plume in the folder, without what the environment says of it; resolves to its end. */
function run(args, env = {}) {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('PLUME_')),
  );
  return new Promise((done) => {
    execFile(plumeBinary, args, { cwd: folder.path, env: { ...clean, ...env } }, (error, out, err) =>
      done({ code: error ? error.code : 0, stdout: out, stderr: err }),
    );
  });
}

const file = (name, text) => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

test('where tells the source of each value', { skip: noPlume }, async () => {
  const path = file('a.toml', 'data = "/srv/chain"\n[rpc]\nport = 1000\nhost = "::1"\n');
  const args = ['config', 'where', '--config', path, '--json', '--metrics-port', '7'];
  const { code, stdout } = await run(args, { PLUME_RPC_PORT: '2000' });
  assert.equal(code, 0);
  const all = JSON.parse(stdout);
  assert.deepEqual(all.data, { value: '/srv/chain', source: `${path}:1` });
  assert.deepEqual(all['rpc.host'], { value: '::1', source: `${path}:4` });
  assert.deepEqual(all['rpc.port'], { value: 2000, source: 'PLUME_RPC_PORT' });
  assert.deepEqual(all['metrics.port'], { value: 7, source: '--metrics-port' });
  assert.deepEqual(all['log.level'], { value: 'info', source: 'default' });
  const one = await run(['config', 'where', 'rpc.prot']);
  assert.equal(one.code, 2);
  assert.match(one.stderr, /did you mean 'rpc\.port'\?/);
});

test('check tells every problem with its line', { skip: noPlume }, async () => {
  const path = file('b.toml', '[rpc]\nprot = 1\nport = 70000\n');
  const { code, stderr } = await run(['config', 'check', '--config', path]);
  assert.equal(code, 2);
  assert.ok(stderr.includes(`${path}:2: unknown setting 'rpc.prot'; did you mean 'rpc.port'?`), stderr);
  assert.ok(stderr.includes(`${path}:3: rpc.port: '70000' is no whole number from 0 to 65535`));
  const started = await run(['start', '--config', path]);
  assert.equal(started.code, 2, 'a node does not start with it either');
});

test('the default file and that of the image hold', { skip: noPlume }, async () => {
  const { stdout } = await run(['config', 'default']);
  const made = file('plume.toml', stdout);
  const found = await run(['config', 'check']);
  assert.equal(found.code, 0, found.stderr);
  assert.match(found.stdout, /^plume\.toml: ok/, 'the file in the working directory is found');
  assert.ok(made);
  const image = await run(['config', 'check', '--config', join(top, 'packaging/plume.toml')]);
  assert.equal(image.code, 0, image.stderr);
});

test('a node takes its settings from file, variable and flag', { skip: noPlume }, async () => {
  const data = join(folder.path, 'data');
  assert.equal((await run(['init', '--data', data, '--chain-id', '77'])).code, 0);
  const path = file('c.toml', `data = "${data}"\n[rpc]\nport = 0\n[metrics]\nenabled = false\n`);
  const child = spawn(plumeBinary, ['start', '--config', path, '--json'], {
    env: { ...process.env, PLUME_LOG_FORMAT: 'json' },
  });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const exited = new Promise((done) => child.once('exit', (code) => done(code)));
  const line = await new Promise((done) => child.stdout.once('data', (chunk) => done(`${chunk}`)));
  assert.equal(JSON.parse(line).chainId, 77);
  assert.equal(JSON.parse(line).metrics, '');

  // SIGHUP takes anew what can be taken, and says what cannot.
  const until = async (words) => {
    for (let i = 0; i < 2_000 && !log.includes(words); ++i)
      await new Promise((done) => setTimeout(done, 10));
    assert.ok(log.includes(words), log);
  };
  file('c.toml', `data = "${data}"\n[rpc]\nport = 1\n[metrics]\nenabled = false\n[log]\nlevel = "warn"\n`);
  child.kill('SIGHUP');
  await until('"msg":"setting changed","setting":"log.level","value":"warn"');
  await until('"msg":"this setting needs a restart","setting":"rpc.port"');
  file('c.toml', 'nonsense = 1\n');
  child.kill('SIGHUP');
  await until('the configuration is wrong');
  child.kill('SIGTERM');
  assert.equal(await exited, 0);
  assert.ok(!log.includes('"msg":"stopping"'), 'the level has changed');
  for (const row of log.trim().split('\n')) assert.ok(JSON.parse(row).time, row);
});

test('a development chain is not led to other data by the environment', { skip: noPlume }, async () => {
  const data = join(folder.path, 'not-there');
  const child = spawn(plumeBinary, ['dev', '--port', '0', '--json', '--quiet'], {
    env: { ...process.env, PLUME_DATA: data },
  });
  await new Promise((done) => child.stdout.once('data', done));
  const exited = new Promise((done) => child.once('exit', (code) => done(code)));
  child.kill('SIGINT');
  assert.equal(await exited, 0);
  assert.throws(() => readFileSync(join(data, 'VERSION')));
});
