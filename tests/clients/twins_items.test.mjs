// AssetItems against OpenZeppelin's ERC1155Supply on anvil: the same calls must give the same return
// data, revert data and events, and leave the same balances. Repeat a run with SEED=..., shorten or
// lengthen it with CALLS=...
//
// Intended differences, none of which a call of this test meets:
//   gas             a native call costs its loads, stores and logs, not the steps of bytecode
//   mint            AssetItems makes what is defined, up to its cap, while its records are live
//   batches         AssetItems takes at most 256 items at once
//   callbacks       while a receiver is asked, AssetItems answers no call, views included
//   transfers       what is paused, frozen, committed or without credential does not move
//   interfaces      AssetItems has ERC-7943, 5006, 7589, 4907 and 4906 besides
//   owner()         Twin has one owner, AssetItems five powers
import assert from 'node:assert/strict';
import { after, describe as group, test } from 'node:test';

import { ItemDraw, deployReceivers, finalItems, launchItems, uri } from './support/item_twins.mjs';
import { noPlume, startAnvil } from './support/node.mjs';
import { seedOfRun } from './support/random.mjs';
import { compileAll } from './support/solidity.mjs';
import { actors, compareTwins, deployOnAnvil, fundActors } from './support/twins.mjs';
import { holdBlocks, startPreparedPlume } from './support/twins.mjs';

const count = Number(process.env.CALLS ?? 2_000);
const seed = seedOfRun();
const drawing = (...given) => new ItemDraw(...given);

const failure = (different) =>
  `SEED=${seed}: ${JSON.stringify(different, (_, v) => (typeof v === 'bigint' ? `${v}` : v), 2)}`;

group('twins of items', () => {
  const nodes = [];
  const { ItemTwin, FlawedItemTwin, ItemReceiver } = compileAll('ItemTwin');
  const values = [uri, actors[0].address];
  const addActors = async (node) => {
    await fundActors(node.rpc, node.chainId);
    await deployReceivers(node, ItemReceiver);
  };
  const withActors = async (node) => {
    nodes.push(node);
    await addActors(node);
    return node;
  };
  after(() => Promise.all(nodes.map((node) => node.stop())));

  test('the comparison notices items that give one account one too many', async () => {
    const one = await withActors(await startAnvil());
    const other = await withActors(await startAnvil());
    const address = await deployOnAnvil(one.rpc, ItemTwin, undefined, values);
    await deployOnAnvil(other.rpc, FlawedItemTwin, address, values);
    await Promise.all([one, other].map(holdBlocks));
    const left = { url: one.rpc, address };
    const right = { url: other.rpc, address };
    const { different } = await compareTwins({ left, right, count: 2000, seed, drawing });
    assert.notEqual(different, null);
  });

  test(
    `${count} random calls are answered as by OpenZeppelin's items`,
    { skip: noPlume },
    async (t) => {
      let address;
      const plume = await startPreparedPlume(async (node) => {
        await addActors(node);
        address = await launchItems(node);
      });
      nodes.push(plume);
      const anvil = await withActors(await startAnvil());
      await deployOnAnvil(anvil.rpc, ItemTwin, address, values);
      await holdBlocks(anvil);

      const left = { url: plume.rpc, address };
      const right = { url: anvil.rpc, address };
      const { different, tally } = await compareTwins({ left, right, count, seed, drawing });
      assert.equal(different, null, failure(different));
      assert.deepEqual(await finalItems(left), await finalItems(right));
      assert.ok(tally.succeeded > count / 4, `only ${tally.succeeded} of ${count} calls succeeded`);
      assert.ok(tally.refused > count / 10, `only ${tally.refused} of ${count} calls were refused`);
      t.diagnostic(`seed ${seed}: ${JSON.stringify(tally)}`);
    },
  );
});
