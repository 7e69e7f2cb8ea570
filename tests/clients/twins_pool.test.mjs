// Pool against OpenZeppelin's ERC4626 with Permit on anvil, both over the same asset: the same calls
// must give the same return data, revert data and events, of pool and asset, and leave the same
// balances. Repeat a run with SEED=..., choose its length with CALLS=...
//
// Intended differences, none of which a call of this test meets:
//   gas             a native call costs its loads, stores and logs, not the steps of bytecode
//   donations       a plain transfer to the pool is in no price; OpenZeppelin's totalAssets has it
//   books           of less than 2^128: maxDeposit and maxMint say so, not 2^256 - 1
//   receivers       the pool takes no shares of its own; nobody deposits for the zero address,
//                   refused as beyond maxDeposit
//   dust            a deposit too small for a share is refused, not taken for nothing
//   losses          a loss that is feared is in the price of who leaves; nobody lends here
import assert from 'node:assert/strict';
import { after, describe as group, test } from 'node:test';

import { noPlume, startAnvil } from './support/node.mjs';
import { PoolDraw, deployPool, finalPool, launchPool } from './support/pool_twins.mjs';
import { seedOfRun } from './support/random.mjs';
import { compile, compileAll } from './support/solidity.mjs';
import { compareTwins, fundActors, holdBlocks, startPreparedPlume } from './support/twins.mjs';

const count = Number(process.env.CALLS ?? 3_000);
const seed = seedOfRun();

const failure = (different) =>
  `SEED=${seed}: ${JSON.stringify(different, (_, v) => (typeof v === 'bigint' ? `${v}` : v), 2)}`;

group('twins of pools', () => {
  const nodes = [];
  const Twin = compile('Twin');
  const { PoolTwin, FlawedPoolTwin } = compileAll('PoolTwin');
  const anvilWithActors = async () => {
    const node = await startAnvil();
    nodes.push(node);
    await fundActors(node.rpc, node.chainId);
    return node;
  };
  after(() => Promise.all(nodes.map((node) => node.stop())));

  test('the comparison notices a pool that rounds for who leaves', async () => {
    const [one, other] = await Promise.all([anvilWithActors(), anvilWithActors()]);
    const made = await deployPool(one.rpc, { Twin, Pool: PoolTwin });
    await deployPool(other.rpc, { Twin, Pool: FlawedPoolTwin }, made);
    await Promise.all([one, other].map(holdBlocks));
    const left = { url: one.rpc, address: made.address };
    const right = { url: other.rpc, address: made.address };
    const drawing = (...given) => new PoolDraw(given[0], given[1], made.asset);
    const { different } = await compareTwins({ left, right, count: 1000, seed, drawing });
    assert.notEqual(different, null);
  });

  test(
    `${count} random calls are answered as by OpenZeppelin's ERC4626`,
    { skip: noPlume },
    async (t) => {
      let made;
      const plume = await startPreparedPlume(async (node) => {
        await fundActors(node.rpc, node.chainId);
        made = await launchPool(node);
      });
      nodes.push(plume);
      const anvil = await anvilWithActors();
      await deployPool(anvil.rpc, { Twin, Pool: PoolTwin }, made);
      await holdBlocks(anvil);

      const left = { url: plume.rpc, ...made };
      const right = { url: anvil.rpc, ...made };
      const drawing = (...given) => new PoolDraw(given[0], given[1], made.asset);
      const { different, tally } = await compareTwins({ left, right, count, seed, drawing });
      assert.equal(different, null, failure(different));
      assert.deepEqual(await finalPool(left), await finalPool(right));
      assert.ok(tally.succeeded > count / 4, `only ${tally.succeeded} of ${count} calls succeeded`);
      assert.ok(tally.refused > count / 20, `only ${tally.refused} of ${count} calls were refused`);
      t.diagnostic(`seed ${seed}: ${JSON.stringify(tally)}`);
    },
  );
});
