// AssetToken against OpenZeppelin's ERC20Permit on anvil: the same calls must give the same return
// data, revert data and events, and leave the same balances. Repeat a run with SEED=..., shorten it
// with CALLS=...
//
// Intended differences, none of which a call of this test meets:
//   gas             a native call costs its loads, stores and logs, not the steps of bytecode
//   owner()         AssetToken's issuer is fixed; Twin's owner could hand over or renounce
//   record()        AssetToken stands for a record, and mints only while that is live
//   mintable()      AssetToken can be closed for minting when it is made
import assert from 'node:assert/strict';
import { after, describe as group, test } from 'node:test';

import { noPlume, startAnvil, startPlume } from './support/node.mjs';
import { seedOfRun } from './support/random.mjs';
import { compile } from './support/solidity.mjs';
import {
  actors,
  compareTwins,
  deployOnAnvil,
  finalState,
  fundActors,
  twin,
} from './support/twins.mjs';
import { launchToken } from './support/mission.mjs';

const count = Number(process.env.CALLS ?? 10_000);
const seed = seedOfRun();

const failure = (different) =>
  `SEED=${seed}: ${JSON.stringify(different, (_, v) => (typeof v === 'bigint' ? `${v}` : v), 2)}`;

group('twins', () => {
  const nodes = [];
  const anvilWithActors = async () => {
    const node = await startAnvil();
    nodes.push(node);
    await fundActors(node.rpc, node.chainId);
    return node;
  };
  after(() => Promise.all(nodes.map((node) => node.stop())));

  test('the comparison notices a token that leaves out one event', async () => {
    const [one, other] = await Promise.all([anvilWithActors(), anvilWithActors()]);
    const address = await deployOnAnvil(one.rpc, compile('Twin'));
    await deployOnAnvil(other.rpc, compile('Flawed'), address);
    const left = { url: one.rpc, address };
    const right = { url: other.rpc, address };
    const { different } = await compareTwins({ left, right, count: 2000, seed });
    assert.notEqual(different, null);
  });

  test(
    `${count} random calls are answered as by OpenZeppelin's token`,
    { skip: noPlume },
    async (t) => {
      const plume = await startPlume();
      nodes.push(plume);
      await fundActors(plume.rpc, plume.chainId);
      const address = await launchToken(plume, {
        ...twin,
        issuer: actors[0].address,
        mintable: true,
      });
      const anvil = await anvilWithActors();
      await deployOnAnvil(anvil.rpc, compile('Twin'), address);

      const left = { url: plume.rpc, address };
      const right = { url: anvil.rpc, address };
      const { different, tally } = await compareTwins({ left, right, count, seed });
      assert.equal(different, null, failure(different));
      assert.deepEqual(await finalState(left), await finalState(right));
      assert.ok(tally.succeeded > count / 4, `only ${tally.succeeded} of ${count} calls succeeded`);
      assert.ok(tally.refused > count / 10, `only ${tally.refused} of ${count} calls were refused`);
      t.diagnostic(`seed ${seed}: ${JSON.stringify(tally)}`);
    },
  );
});
