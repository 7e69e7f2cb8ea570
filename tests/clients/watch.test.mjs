// A node as those see it who watch it: metrics, life and readiness, status, doctor, the log, and the
// files of packaging/ that rely on them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import prometheus from 'prom2javascript';

import { noPlume, plume, startPlume, temporaryDirectory, testAccount } from './support/node.mjs';
import { post, receiptOf, rpc } from './support/rpc.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '../..');
let folder;
let node;

before(async () => {
  if (noPlume) return;
  folder = temporaryDirectory();
  node = await startPlume({
    data: join(folder.path, 'data'),
    args: ['--metrics-port', '0', '--log-level', 'info'],
  });
});
after(async () => {
  await node?.stop();
  folder?.remove();
});

async function metrics() {
  const response = await fetch(node.metrics);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n');
  return prometheus.getMetricsFromIterator(lines[Symbol.iterator]());
}
/** A number, or how often a histogram has observed; of the first that has the labels. */
const value = (families, name, labels = {}) => {
  const row = families[name]?.data.find((one) =>
    Object.entries(labels).every(([label, text]) => one.labels[label] === text),
  );
  return row && (row.value ?? row.count);
};

async function pay() {
  const raw = await testAccount(0).signTransaction({
    chainId: node.chainId,
    type: 'eip1559',
    nonce: Number(await rpc(node.rpc, 'eth_getTransactionCount', [testAccount(0).address, 'latest'])),
    to: testAccount(1).address,
    value: 1n,
    gas: 21_000n,
    maxFeePerGas: 10n ** 11n,
    maxPriorityFeePerGas: 10n ** 9n,
  });
  return { raw, receipt: await receiptOf(node.rpc, await rpc(node.rpc, 'eth_sendRawTransaction', [raw])) };
}

test('metrics follow the chain and its clients', { skip: noPlume }, async () => {
  const before = await metrics();
  const { raw, receipt } = await pay();
  await assert.rejects(rpc(node.rpc, 'eth_sendRawTransaction', [raw]));
  await assert.rejects(rpc(node.rpc, 'eth_noSuchMethod'));
  await post(node.rpc, { jsonrpc: '2.0', id: 1 });
  const now = await metrics();
  const grown = (name, labels) => value(now, name, labels) - (value(before, name, labels) ?? 0);

  assert.equal(value(now, 'ethereum_blockchain_height'), Number(receipt.blockNumber));
  assert.equal(value(now, 'ethereum_best_known_block_number'), Number(receipt.blockNumber));
  assert.equal(value(now, 'ethereum_peer_count'), 0);
  assert.equal(grown('plume_block_txs'), 1);
  assert.equal(grown('plume_block_seconds', { stage: 'execute' }), 1);
  assert.equal(grown('plume_rpc_requests_total', { method: 'eth_sendRawTransaction', code: '0' }), 1);
  assert.equal(grown('plume_rpc_requests_total', { method: 'unknown', code: '-32601' }), 1);
  assert.equal(grown('plume_rpc_requests_total', { method: 'invalid', code: '-32600' }), 1);
  assert.equal(grown('plume_txpool_rejected_total', { reason: 'nonce_too_low' }), 1);
  assert.equal(value(now, 'plume_invariant_violations_total'), 0);
  assert.ok(value(now, 'process_resident_memory_bytes') > 1 << 20);
  assert.ok(value(now, 'process_open_fds') > 3);
  assert.ok(value(now, 'plume_store_bytes') > 0);
  assert.equal(value(now, 'plume_ready'), 1);
  for (const [name, { help, type }] of Object.entries(now)) assert.ok(help && type, name);
});

test('the dashboard and the alerts ask for what there is', { skip: noPlume }, async () => {
  const there = new Set(['up']);
  for (const [name, { type }] of Object.entries(await metrics())) {
    there.add(name);
    if (type === 'histogram') for (const end of ['bucket', 'sum', 'count']) there.add(`${name}_${end}`);
  }
  const dashboard = JSON.parse(readFileSync(join(top, 'packaging/grafana/plume.json')));
  const questions = dashboard.panels.flatMap((panel) => panel.targets.map(({ expr }) => expr));
  const rules = readFileSync(join(top, 'packaging/prometheus/alerts.yml'), 'utf8');
  questions.push(...[...rules.matchAll(/^ +expr: (.*)$/gm)].map(([, expr]) => expr));
  assert.ok(questions.length > 25);
  const asked = new Set();
  for (const question of questions)
    for (const [name] of question.replace(/"[^"]*"/g, '').matchAll(/\b(?:plume|ethereum|process)_\w+/g))
      asked.add(name);
  assert.ok(asked.size > 15);
  for (const name of asked) assert.ok(there.has(name), `${name} is not in /metrics`);
});

test('every alert has a heading that says what to do', () => {
  const rules = readFileSync(join(top, 'packaging/prometheus/alerts.yml'), 'utf8');
  const page = readFileSync(join(top, 'docs/operators.md'), 'utf8');
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  assert.ok(alerts.length >= 5);
  for (const name of alerts) assert.match(page, new RegExp(`^### ${name}$`, 'm'));
});

test('the unit is one that systemd takes', (t) => {
  const unit = readFileSync(join(top, 'packaging/plume.service'), 'utf8');
  for (const line of ['Type=notify', 'NoNewPrivileges=yes', 'ProtectSystem=strict'])
    assert.ok(unit.includes(`\n${line}\n`), line);
  const analyze = ['/usr/bin/systemd-analyze', '/bin/systemd-analyze'].find(existsSync);
  if (!analyze) return t.skip('systemd-analyze is not installed');
  const copy = join(folder.path, 'plume.service');
  execFileSync('sh', ['-c', `sed s#/usr/local/bin/plume#/bin/true# "$1" > "$2"`, 'sh',
    join(top, 'packaging/plume.service'), copy]);
  // What it has to say against a unit goes to standard error, also when it ends well.
  const said = execFileSync('sh', ['-c', `"$1" verify "$2" 2>&1`, 'sh', analyze, copy], { encoding: 'utf8' });
  assert.ok(!said.includes('plume.service'), said);
});

test('life and readiness are told at both doors', { skip: noPlume }, async () => {
  for (const base of [node.rpc, node.metrics.replace('/metrics', '')])
    for (const path of ['/livez', '/readyz']) {
      const response = await fetch(base + path);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), { ready: true, alive: true, reasons: [] });
    }
  assert.equal((await fetch(`${node.rpc}/metrics`)).status, 404, 'not for those who may call');
  assert.deepEqual(await rpc(node.rpc, 'plume_health'), { ready: true, alive: true, reasons: [] });
});

test('the page of metrics is not for other sites', { skip: noPlume }, async () => {
  const { port } = new URL(node.metrics);
  const status = await new Promise((done) => {
    request({ port, path: '/metrics', headers: { host: 'evil.example' } }, (r) => {
      r.resume();
      done(r.statusCode);
    }).end();
  });
  assert.equal(status, 403);
});

test('status tells what an operator asks first', { skip: noPlume }, async () => {
  const asked = await plume('status', '--rpc', node.rpc, '--json');
  assert.equal(asked.code, 0, asked.stderr);
  const status = JSON.parse(asked.stdout);
  assert.equal(status.chainId, node.chainId);
  assert.equal(status.head.number, Number(await rpc(node.rpc, 'eth_blockNumber')));
  assert.match((await plume('status', '--rpc', node.rpc)).stdout, /^ready +yes$/m);
  assert.equal((await plume('status', '--rpc', 'http://127.0.0.1:1')).code, 4);
});

test('doctor sees a running node, and what is wrong', { skip: noPlume }, async () => {
  const { port } = new URL(node.rpc);
  const args = ['--data', join(folder.path, 'data'), '--port', port, '--no-metrics', '--json'];
  const examined = JSON.parse((await plume('doctor', ...args)).stdout);
  const said = examined.findings.map(({ message }) => message).join('\n');
  assert.match(said, /is in use by process \d+ since \d{4}-/);
  assert.match(said, /is taken, as a node runs here/);
  const busy = await plume('doctor', '--data', join(folder.path, 'other'), '--port', port, '--no-metrics');
  assert.equal(busy.code, 1);
  assert.match(busy.stdout, /^fault +ports +RPC: cannot listen .*Address already in use/m);
  assert.equal((await plume('doctor', '--block-time', '0')).code, 2);
});

test('the log has a line for each block', { skip: noPlume }, async () => {
  const { receipt } = await pay();
  const height = Number(receipt.blockNumber);
  const { stateRoot } = await rpc(node.rpc, 'eth_getBlockByNumber', [receipt.blockNumber, false]);
  const line = node.talk().split('\n').find((row) => row.includes(` height=${height} `));
  assert.match(line, /^time=\S+Z level=info msg=block height=\d+ txs=1 gas=21000 ms=[\d.]+ root=0x/);
  assert.ok(line.includes(`root=${stateRoot}`));
});

test('the files that run a node beside others are complete', () => {
  const files = ['Dockerfile', 'compose.yaml', 'plume.service', 'plume.toml'];
  for (const name of files) assert.ok(readdirSync(join(top, 'packaging')).includes(name), name);
  const image = readFileSync(join(top, 'packaging/Dockerfile'), 'utf8');
  for (const line of ['USER 10001:10001', 'STOPSIGNAL SIGTERM', 'HEALTHCHECK'])
    assert.ok(image.includes(line), line);
});
