// kill -9 at a random moment under load, again and again on one data directory: what was
// acknowledged is there, once, and the state's root is the one that all of the state hashes to.
// KILLS=... sets how often, SEED=... when.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';

import { parseAbi } from 'viem';

import { Audit, Sender } from './support/load.mjs';
import { launchToken } from './support/mission.mjs';
import {
  noPlume,
  plume,
  plumeBinary,
  startPlume,
  temporaryDirectory,
  testAccount,
} from './support/node.mjs';
import { generator, seedOfRun } from './support/random.mjs';
import { transact } from './support/wallet.mjs';

const kills = Number(process.env.KILLS ?? 50);
const senderCount = 16;
const millisecondsMax = 3000;
const coin = 10n ** 20n;
const tokens = 10n ** 12n;
const erc20 = parseAbi(['function transfer(address, uint256) returns (bool)']);

/** A token, and senders that hold some of it and some coin. */
async function prepare(node) {
  const founder = testAccount(0);
  const supply = tokens * BigInt(senderCount);
  const token = await launchToken(node, {
    name: 'Load',
    symbol: 'LOAD',
    decimals: 6,
    supply,
    issuer: founder.address,
    mintable: false,
  });
  const recipient = (index) => `0x${(0xc0ffee00 + index).toString(16).padStart(40, '0')}`;
  const senders = [];
  for (let i = 0; i < senderCount; ++i) {
    const account = testAccount(100 + i);
    await transact(node, founder, { to: account.address, value: coin });
    await transact(node, founder, {
      to: token,
      abi: erc20,
      call: ['transfer', [account.address, tokens]],
    });
    const recipients = [0, 1, 2].map((k) => recipient(3 * i + k));
    const way = i % 2 === 0 ? 'waiting' : 'polling';
    senders.push(new Sender({ account, chainId: node.chainId, token, recipients, way }));
  }
  return { senders, audit: new Audit(senders, token) };
}

test(`${kills} kills under load lose and repeat nothing`, { skip: noPlume }, async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`seed ${seed}`);
  const random = generator(seed);
  const data = temporaryDirectory();
  t.after(() => data.remove());

  let node = await startPlume({ data: data.path });
  t.after(() => node.kill());
  const { senders, audit } = await prepare(node);
  for (let round = 0; round < kills; ++round) {
    let killed = false;
    const load = Promise.all(senders.map((sender) => sender.run(node.rpc, () => killed)));
    await Promise.race([
      new Promise((done) => setTimeout(done, random.below(millisecondsMax))),
      load.then(
        () => assert.fail('nobody sends any more'),
        (why) => assert.fail(`round ${round}, SEED=${seed}: ${why}\n${node.talk()}`),
      ),
    ]);
    killed = true;
    await node.kill();
    await load;

    // It goes through all of the history, which grows: after every tenth kill and the last.
    if (round % 10 === 0 || round === kills - 1) {
      const verdict = await plume('verify', '--data', data.path);
      assert.equal(
        verdict.code,
        0,
        `round ${round}, SEED=${seed}: ${verdict.stdout}${verdict.stderr}`,
      );
    }
    node = await startPlume({ data: data.path });
    await audit.run(node.rpc, coin);
  }
  const { code } = await node.stop();
  assert.equal(code, 0, 'an orderly stop');
  t.diagnostic(`${audit.acknowledged} acknowledged, ${audit.blocks.length} blocks`);
  assert.ok(audit.acknowledged > kills, 'there was load');
});

test(
  'a kill while the chain is being founded leaves a directory to begin in',
  { skip: noPlume },
  async () => {
    for (let delay = 10; delay <= 250; delay += 30) {
      const data = temporaryDirectory();
      const early = spawn(plumeBinary, ['dev', '--port', '0', '--data', data.path], {
        stdio: 'ignore',
      });
      const gone = new Promise((done) => early.once('exit', done));
      await new Promise((done) => setTimeout(done, delay));
      early.kill('SIGKILL');
      await gone;
      const node = await startPlume({ data: data.path });
      await node.stop();
      data.remove();
    }
  },
);

test('a second process is refused on the same data directory', { skip: noPlume }, async (t) => {
  const data = temporaryDirectory();
  t.after(() => data.remove());
  const node = await startPlume({ data: data.path });
  t.after(() => node.stop());
  await assert.rejects(startPlume({ data: data.path }));
});
