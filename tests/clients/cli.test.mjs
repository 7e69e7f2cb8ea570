// The command line as a person or a script uses it: results on stdout, talk on stderr, exit codes
// that say why.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { foundMission } from './support/mission.mjs';
import { noPlume, plumeBinary, startPlume, temporaryDirectory } from './support/node.mjs';

const exit = { ok: 0, failed: 1, usage: 2, refused: 3, unreachable: 4 };
const zeroHash = `0x${'0'.repeat(64)}`;

/** Runs the program to its end: {code, out, talk}. */
const run = (...args) =>
  new Promise((done) => {
    execFile(plumeBinary, args, { timeout: 60_000 }, (error, out, talk) => {
      done({ code: error ? error.code : 0, out, talk });
    });
  });

async function expectOk(...args) {
  const result = await run(...args);
  assert.equal(result.code, exit.ok, `plume ${args.join(' ')}\n${result.talk}`);
  return result.out.trim();
}

let node;
let folder;
before(async () => {
  if (noPlume) return;
  folder = temporaryDirectory();
  node = await startPlume();
});
after(async () => {
  await node?.stop();
  folder?.remove();
});

const asked = (...args) => expectOk(...args, '--rpc', node.rpc);
const refused = async (code, ...args) => {
  const result = await run(...args, '--rpc', node.rpc);
  assert.equal(result.code, code, result.talk);
  assert.equal(result.out, '');
  assert.match(result.talk, /^error: /m);
  return result.talk;
};

test('record attest and show agree', { skip: noPlume }, async () => {
  const uid = await asked(
    'record',
    'attest',
    'string title,uint256 places',
    'A school',
    '120',
    '--about',
    'teacher-1',
    '--from',
    'treasurer',
  );
  assert.match(uid, /^0x[0-9a-f]{64}$/);
  const shown = JSON.parse(await asked('record', 'show', uid, '--json'));
  assert.equal(shown.live, true);
  assert.deepEqual(shown.data, { title: 'A school', places: '120' });
  assert.equal(shown.schema, 'string title,uint256 places');
  await refused(exit.failed, 'record', 'show', zeroHash);
  await refused(exit.usage, 'record', 'show', '0x12');
  await refused(exit.usage, 'record', 'attest', 'string title', '--from', 'treasurer');
});

test('call and send take names, declarations and values', { skip: noPlume }, async () => {
  assert.equal(await asked('call', 'launcher', 'count'), '0');
  assert.equal(await asked('call', 'launcher', 'count() view returns (uint256)'), '0');
  assert.equal(await asked('call', 'attestations', 'isLive', zeroHash, '--json'), '[false]');
  const hash = await asked('send', 'donor-2', '--value', '5', '--from', 'treasurer');
  assert.match(hash, /^0x[0-9a-f]{64}$/);
  await refused(exit.usage, 'call', 'launcher', 'coutn');
  await refused(exit.usage, 'call', 'nobody', 'count');
  await refused(exit.usage, 'call', 'launcher', 'at');
  await refused(exit.usage, 'send', 'donor-2', '--value', '5');
  const talk = await refused(exit.refused, 'call', 'launcher', 'at', '7');
  assert.match(talk, /UnknownIndex\(index 7, count 0\)/);
});

test('the demo ends with a report that balances', { skip: noPlume }, async () => {
  const report = JSON.parse(await expectOk('demo', 'education', '--json', '--course', 'AAA'));
  assert.equal(report.balanced, true);
  assert.equal(
    BigInt(report.contributed),
    BigInt(report.paid) + BigInt(report.returned) + BigInt(report.held),
  );
  assert.equal(report.tranches.filter((tranche) => tranche.paid).length, 5);
  const { books, lines, answerBps, medianBps } = report.commons;
  assert.equal(books.length, 4);
  for (const book of books) {
    const out = [book.paid, book.returned, book.dust, book.held].map(BigInt);
    assert.equal(
      BigInt(book.in),
      out.reduce((sum, amount) => sum + amount),
    );
    assert.equal(book.held, '0');
  }
  assert.deepEqual([answerBps, medianBps], [6923, 3461]);
  assert.equal(lines.filter((line) => line.released).length, 3);
});

test('the demo of the co-op ends with a balance, and refuses what is no table', { skip: noPlume }, async () => {
  const report = JSON.parse(await expectOk('demo', 'solar', '--json'));
  assert.equal(report.balanced, true);
  const parts = [report.reserve, report.tax, report.received, report.held].map(BigInt);
  assert.equal(BigInt(report.paidIn), parts.reduce((sum, part) => sum + part));
  assert.ok(BigInt(report.tax) > 0n && BigInt(report.recovered) > 0n);
  assert.match(await expectOk('demo', 'solar'), /^paid in [\d.,]+ cUSD = reserve [\d.,]+ cUSD \+ tax /m);
  assert.equal((await run('demo', 'solar', '--price', '0')).code, exit.usage);
  assert.equal((await run('demo', 'solar', '--table', '/dev/null')).code, exit.usage);
  assert.equal((await run('demo', 'solar', '--data', '/nowhere')).code, exit.usage);
});

test('the demo of GPU nodes ends with a report that balances', { skip: noPlume }, async () => {
  const report = JSON.parse(await expectOk('demo', 'compute', '--json'));
  assert.equal(report.balanced, true);
  assert.equal(BigInt(report.paidIn), BigInt(report.claimed) + BigInt(report.held));
  assert.match(await expectOk('demo', 'compute'), /paid in .* = claimed .* \+ held /);
  const missing = await run('demo', 'compute', '--table', 'there-is-none.csv');
  assert.equal(missing.code, exit.usage);
});

test('a demo that is kept can be looked at, until it is stopped', { skip: noPlume }, async () => {
  const kept = spawn(plumeBinary, ['demo', 'education', '--course', 'AAA', '--keep']);
  const exited = new Promise((done) => kept.once('exit', (code) => done(code)));
  let talk = '';
  const url = await new Promise((resolve) => {
    kept.stderr.on('data', (chunk) => {
      talk += chunk;
      const found = /Still serving at (\S+);/.exec(talk);
      if (found) resolve(found[1]);
    });
    exited.then(() => resolve(null));
  });
  assert.ok(url, talk);
  try {
    const [vault] = JSON.parse(await expectOk('vault', 'list', '--json', '--rpc', url));
    assert.equal(vault.phase, 'closed');
    assert.equal(
      BigInt(vault.raised),
      BigInt(vault.paid) + BigInt(vault.withdrawn) + BigInt(vault.held),
    );
    const { record } = vault;
    const shown = JSON.parse(await expectOk('record', 'show', record, '--json', '--rpc', url));
    assert.equal(shown.live, true);
  } finally {
    kept.kill('SIGTERM');
  }
  assert.equal(await exited, exit.ok);
});

test('vault list, show, fund and release work on a launched vault', { skip: noPlume }, async () => {
  assert.deepEqual(JSON.parse(await asked('vault', 'list', '--json')), []);
  const mission = await foundMission(node);
  const listed = JSON.parse(await asked('vault', 'list', '--json'));
  assert.equal(listed.length, 1);
  assert.equal(listed[0].address.toLowerCase(), mission.vault.toLowerCase());
  assert.equal(listed[0].phase, 'funding');
  const shown = JSON.parse(await asked('vault', 'show', mission.vault, '--json'));
  assert.ok(shown.tranches.length > 0);
  assert.equal(shown.raised, '0');
  const talk = await refused(
    exit.refused,
    'vault',
    'release',
    mission.vault,
    '0',
    '--from',
    'donor-1',
  );
  assert.match(talk, /WrongPhase/);
  await refused(exit.usage, 'vault', 'fund', mission.vault, '0.0000001', '--from', 'verifier-2');
  const give = ['vault', 'fund', mission.vault, '0.006', '--from', 'verifier-2'];
  const gift = await run(...give, '--rpc', node.rpc);
  assert.equal(gift.code, exit.ok, gift.talk);
  assert.match(gift.talk, /signs: Give 0\.006000 \S+ to the vault, with shares for Verifier 2/);
  assert.match(gift.talk, /Calldata Digest 0x[0-9a-f]{64}/);
  const funded = JSON.parse(await asked('vault', 'show', mission.vault, '--json'));
  assert.equal(funded.phase, 'active');
  assert.equal(funded.raised, '6000');
  assert.equal(funded.tranches[0].releasable, true);
  await asked('vault', 'release', mission.vault, '0', '--from', 'donor-1');
  const early = await refused(
    exit.refused,
    'vault',
    'reclaim',
    mission.vault,
    '1',
    '--from',
    'donor-1',
  );
  assert.match(early, /NotReclaimable/);
  const paid = JSON.parse(await asked('vault', 'show', mission.vault, '--json'));
  assert.equal(paid.paid, '1000');
  assert.equal(paid.held, '5000');
  await refused(exit.usage, 'vault', 'show', 'launcher');
});

test('a person at a terminal is asked before something is signed', { skip: noPlume }, async () => {
  const typed = (answer, ...args) =>
    new Promise((done) => {
      const words = [plumeBinary, 'send', 'donor-3', '--value', '5', '--from', 'donor-2', ...args];
      const command = [...words, '--rpc', node.rpc].join(' ');
      // script(1) of util-linux gives the command a terminal.
      const child = spawn('script', ['-qec', command, '/dev/null']);
      let out = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      child.on('exit', (code) => done({ code, out }));
      child.stdin.end(answer);
    });
  const no = await typed('n\n');
  assert.equal(no.code, 5, no.out);
  assert.match(no.out, /Donor 2 signs: Pay 5 wei to Donor 3.*Go on\?/s);
  assert.match(no.out, /nothing was sent/);
  assert.equal((await typed('\n')).code, 5);
  const yes = await typed('y\n');
  assert.equal(yes.code, exit.ok, yes.out);
  assert.match(yes.out, /0x[0-9a-f]{64}/);
  assert.equal((await typed('', '--yes')).code, exit.ok);
});

test('what a contract does is described for wallets', { skip: noPlume }, async () => {
  const calls = JSON.parse(await expectOk('describe', 'Vault', '--descriptor', '--chain-id', '7'));
  assert.equal(calls.context.contract.factory.deployments[0].chainId, 7);
  assert.equal(calls.display.formats['reclaim(uint256 id)'].fields[0].path, 'id');
  const messages = JSON.parse(await expectOk('describe', 'Attestations', '--messages'));
  assert.equal(Object.keys(messages.display.formats).length, 2);
  const none = await run('describe', 'Conditions', '--descriptor');
  assert.equal(none.code, exit.usage);
  assert.match(none.talk, /nothing to sign/);
  assert.equal((await run('describe', 'Vault', '--descriptor', '--json')).code, exit.usage);
});

test('a call is read out before it is signed', { skip: noPlume }, async () => {
  const told = async (...args) => {
    const result = await run(...args, '--rpc', node.rpc);
    assert.equal(result.code, exit.ok, result.talk);
    return result.talk;
  };
  const paid = await told('send', 'donor-3', '--value', '5', '--from', 'donor-2');
  assert.match(paid, /Donor 2 signs: Pay 5 wei to Donor 3/);
  assert.doesNotMatch(paid, /Digest/);
  const registered = await told('send', 'agents', 'register()', '--from', 'donor-2');
  assert.match(registered, /signs: Register an agent\n {2}to 0x/);
  assert.match(registered, /Calldata Digest 0x[0-9a-f]{64}/);
  const memory = `0x${'12'.repeat(32)}`;
  const anchored = await told('send', 'agents', 'setLastMemoryHash', memory, '--from', 'donor-2');
  assert.ok(anchored.includes(`Put ${memory} on record as your newest memory`));
});

test('the books of a vault say what it waits for', { skip: noPlume }, async (t) => {
  const own = await startPlume();
  t.after(() => own.stop());
  const { vault } = await foundMission(own);
  const told = (...args) => expectOk('vault', ...args, '--rpc', own.rpc);
  const waits = async () => JSON.parse(await told('show', vault, '--json')).waitsFor;
  assert.match((await waits())[0], /^0\.006000 cUSD more are needed by \d{4}-/);
  const give = ['fund', vault, '0.006', '--from', 'verifier-2'];
  await told(...give, '--currency', 'cUSD');
  const active = await waits();
  assert.match(active[0], /^tranche 0 can be released/);
  assert.match(active[1], /^tranche 1 waits for its condition until/);
  const screen = await told('show', vault);
  assert.match(screen, /What it waits for:\n {2}tranche 0 can be released/);
  const wrong = await run('vault', ...give, '--currency', 'EUR', '--rpc', own.rpc);
  assert.equal(wrong.code, exit.usage);
  assert.match(wrong.talk, /no currency of Mission share; there are cUSD/);
});

test('a call is scheduled, shown and cancelled', { skip: noPlume }, async () => {
  const memory = `0x${'34'.repeat(32)}`;
  const call = ['agents', 'setLastMemoryHash', memory, '--at', '+3600'];
  const added = await run('schedule', 'add', ...call, '--every', '1month', '--count', '3', '--from', 'donor-2', '--rpc', node.rpc);
  assert.equal(added.code, exit.ok, added.talk);
  assert.match(added.talk, /newest memory, every month from .* on, 3 times; .* coins are paid in/);
  const id = added.out.trim();
  const shown = JSON.parse(await asked('schedule', 'show', id, '--json'));
  assert.equal(shown.count, 3);
  assert.equal(shown.unit, 'months');
  assert.equal(shown.state, 'waits for its time');
  assert.match(await asked('schedule', 'show', id), /job \d+ of Donor 2: Put 0x34.* on record/);
  const listed = JSON.parse(await asked('schedule', 'list', '--mine', '--from', 'donor-2', '--json'));
  assert.deepEqual(listed.map((job) => String(job.id)), [id]);
  assert.deepEqual(JSON.parse(await asked('schedule', 'list', '--mine', '--from', 'donor-3', '--json')), []);
  assert.match(await refused(exit.refused, 'schedule', 'cancel', id, '--from', 'donor-3'), /NotOwner/);
  await asked('schedule', 'cancel', id, '--from', 'donor-2');
  assert.match(await refused(exit.refused, 'schedule', 'show', id), /UnknownJob/);
  const wrong = (...args) => refused(exit.usage, 'schedule', 'add', 'agents', 'setLastMemoryHash', memory, '--from', 'donor-2', ...args);
  assert.match(await wrong('--at', 'soon'), /no time/);
  assert.match(await wrong('--at', '+5', '--every', '7w'), /no period/);
  assert.match(await wrong('--at', '+5', '--count', '2'), /how far apart/);
});

test('what is no vault is not paid out or reclaimed', { skip: noPlume }, async () => {
  for (const word of ['release', 'reclaim'])
    for (const other of ['launcher', 'donor-3'])
      assert.match(
        await refused(exit.usage, 'vault', word, other, '0', '--from', 'donor-1'),
        /is no vault/,
      );
});

test('numbers are taken as they are written or not at all', { skip: noPlume }, async () => {
  const refusedBy = async (...args) => {
    const result = await run(...args);
    assert.equal(result.code, exit.usage, args.join(' '));
    assert.match(result.talk, /is no whole number from/);
  };
  const tooLarge = '18446744073709551616';
  await refusedBy('vault', 'reclaim', 'launcher', '-1', '--from', 'donor-1');
  await refusedBy('record', 'attest', 'bool b', 'true', '--expires', '-1', '--from', 'donor-1');
  for (const [option, ...values] of [
    ['--port', '-1', '65536', 'http'],
    ['--accounts', '-1', '1001'],
    ['--balance', '-1', tooLarge],
    ['--chain-id', '0', '-1', tooLarge],
    ['--gas-limit', '0', '4999', tooLarge],
    ['--timestamp', '-1', '253402300800', tooLarge],
    ['--block-time', '0', '3601'],
  ])
    for (const value of values) await refusedBy('dev', `${option}=${value}`);
  await refusedBy('init', '--data', join(folder.path, 'none'), '--chain-id', '0');
  await refusedBy('demo', 'education', '--threshold', '10001');
  assert.equal((await run('dev', '--mnemonic', '', '--port', '0')).code, exit.usage);
});

test('the smallest blocks and the last second still make a chain', { skip: noPlume }, async () => {
  const args = ['--gas-limit', '5000', '--timestamp', '253402300799', '--chain-id', '0x7'];
  const small = await startPlume({ args });
  assert.equal(small.chainId, 7);
  const payment = ['send', 'donor-1', '--value', '1', '--from', 'donor-2', '--rpc', small.rpc];
  const result = await run(...payment);
  assert.equal(result.code, exit.refused);
  assert.match(result.talk, /gas required exceeds allowance \(5000\)/);
  await small.stop();
});

test('a directory without a chain is left as it is', { skip: noPlume }, async () => {
  const bare = join(folder.path, 'bare');
  mkdirSync(bare);
  for (const data of [bare, join(folder.path, 'missing')]) {
    for (const word of ['verify', 'start']) {
      const result = await run(word, '--data', data);
      assert.equal(result.code, exit.failed);
      assert.match(result.talk, /no chain/);
    }
  }
  assert.deepEqual(readdirSync(bare), []);
  assert.ok(!existsSync(join(folder.path, 'missing')));
});

test('plume dev goes on with the chain there is, and no other', { skip: noPlume }, async () => {
  const data = join(folder.path, 'kept');
  await expectOk('init', '--data', data, '--chain-id', '77');
  const other = await run('dev', '--data', data, '--port', '0', '--chain-id', '78');
  assert.equal(other.code, exit.failed);
  assert.match(other.talk, /holds the chain 77, not 78/);
  const same = await startPlume({ data });
  assert.equal(same.chainId, 77);
  await same.stop();
});

test('a chain is founded, served, verified and refused to others', { skip: noPlume }, async () => {
  const data = join(folder.path, 'chain');
  const init = ['init', '--data', data, '--chain-id', '4242', '--json'];
  const founded = JSON.parse(await expectOk(...init));
  assert.equal(founded.chainId, 4242);
  assert.match(founded.genesis, /^0x[0-9a-f]{64}$/);
  const chain = await startPlume({ data, command: 'start' });
  const second = await run('start', '--data', data, '--port', '0');
  assert.equal(second.code, exit.failed);
  assert.match(second.talk, /in use by process/);
  assert.equal(await expectOk('call', 'launcher', 'count', '--rpc', chain.rpc), '0');
  await chain.stop();
  assert.match(await expectOk('verify', '--data', data), /^verified: 1 blocks/);
  assert.equal(JSON.parse(await expectOk('verify', '--data', data, '--json')).head, 0);
  const types = JSON.parse(await expectOk('describe', '--json'));
  assert.ok(types.some(({ type, address }) => type === 'Launcher' && /^0x/.test(address)));
  const other = join(folder.path, 'other.json');
  writeFileSync(other, '{"config": {"chainId": 7}}');
  assert.equal(
    (await run('start', '--data', data, '--genesis', other, '--port', '0')).code,
    exit.failed,
  );
  writeFileSync(other, '{"config": {}}');
  const bad = await run('init', '--data', join(folder.path, 'bad'), '--genesis', other);
  assert.equal(bad.code, exit.usage);
  assert.match(bad.talk, /chainId/);
});

test('a chain is backed up while it is served, and its state begins another', async (t) => {
  if (noPlume) return t.skip(noPlume);
  const data = join(folder.path, 'served');
  const copy = join(folder.path, 'copy');
  const genesis = join(folder.path, 'exported.json');
  const chain = await startPlume({ data });
  const payment = ['send', 'donor-1', '--value', '5', '--from', 'donor-2', '-y'];
  await expectOk(...payment, '--rpc', chain.rpc);
  const made = JSON.parse(await expectOk('backup', '--data', data, '--to', copy, '--json'));
  assert.equal(made.head, 1);
  assert.ok(made.bytes > 0);
  const again = await run('backup', '--data', data, '--to', copy);
  assert.equal(again.code, exit.failed);
  assert.match(again.talk, /is there already/);
  const busy = await run('export', 'genesis', '--data', data, '--to', genesis);
  assert.equal(busy.code, exit.failed);
  assert.match(busy.talk, /in use by process/);
  await chain.stop();

  const old = JSON.parse(await expectOk('verify', '--data', copy, '--json'));
  assert.equal(old.head, 1);
  assert.match(
    await expectOk('export', 'genesis', '--data', copy, '--to', genesis, '--chain-id', '99'),
    new RegExp(old.stateRoot),
  );
  const fresh = join(folder.path, 'begun');
  await expectOk('init', '--data', fresh, '--genesis', genesis);
  const begun = JSON.parse(await expectOk('verify', '--data', fresh, '--json'));
  assert.equal(begun.head, 0);
  assert.equal(begun.stateRoot, old.stateRoot);
  const next = await startPlume({ data: fresh, command: 'start' });
  assert.equal(next.chainId, 99);
  await next.stop();
});

test('what is wrong with a command line is said, with code 2', { skip: noPlume }, async () => {
  assert.equal((await run()).code, exit.usage);
  assert.equal((await run('dve')).code, exit.usage);
  assert.equal((await run('describe', 'Vualt')).code, exit.usage);
  assert.equal((await run('demo', 'education', '--course', 'ZZZ')).code, exit.usage);
  assert.equal((await run('demo', 'education', '--threshold', '0')).code, exit.usage);
  assert.equal((await run('call', 'launcher', 'count', '--rpc', 'ftp://x')).code, exit.usage);
  assert.equal(
    (await run('call', 'launcher', 'count', '--rpc', 'http://127.0.0.1:1')).code,
    exit.unreachable,
  );
  assert.match(await expectOk('--version'), /^plume \d+\.\d+\.\d+$/);
});
