// RegulatedToken, with AssetToken's code in it, against OpenZeppelin's ERC20 with Burnable, Permit and
// Votes on anvil: the same calls must give the same return data, revert data and events, and leave
// the same balances and votes. Repeat a run with SEED=..., choose its length with CALLS=...
//
// Intended differences, none of which a call of this test meets:
//   gas             a native call costs its loads, stores and logs, not the steps of bytecode
//   powers          the issuer holds one power of eight; each is offered, accepted or given up
//   record()        the token stands for a record, and mints only while that is live
//   features()      what a token was not made for is refused: FeatureOff, MintingClosed, ...
//   hold, freeze    transferFrom takes a hold before an allowance; what is frozen does not move
import assert from 'node:assert/strict';
import { after, describe as group, test } from 'node:test';

import { noPlume, startAnvil } from './support/node.mjs';
import { seedOfRun } from './support/random.mjs';
import { compile } from './support/solidity.mjs';
import {
  actors,
  compareTwins,
  deployOnAnvil,
  finalState,
  fundActors,
  holdBlocks,
  startPreparedPlume,
  twin,
} from './support/twins.mjs';
import { launchRegulatedToken } from './support/mission.mjs';

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
    await Promise.all([one, other].map(holdBlocks));
    const left = { url: one.rpc, address };
    const right = { url: other.rpc, address };
    const { different } = await compareTwins({ left, right, count: 2000, seed });
    assert.notEqual(different, null);
  });

  test(
    `${count} random calls are answered as by OpenZeppelin's token`,
    { skip: noPlume },
    async (t) => {
      let address;
      const plume = await startPreparedPlume(async (node) => {
        await fundActors(node.rpc, node.chainId);
        address = await launchRegulatedToken(node, { ...twin, issuer: actors[0].address });
      });
      nodes.push(plume);
      const anvil = await anvilWithActors();
      await deployOnAnvil(anvil.rpc, compile('Twin'), address);
      await holdBlocks(anvil);

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
