// eth_getProof held against the block's state root by a library that knows nothing of Plume.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { keccak256, numberToHex } from 'viem';

import { foundMission } from './support/mission.mjs';
import { noPlume, startAnvil, startPlume, testAccount } from './support/node.mjs';
import { verifyProof } from './support/proof.mjs';
import { rpc } from './support/rpc.mjs';
import { transact } from './support/wallet.mjs';

const slots = Array.from({ length: 18 }, (_, slot) => numberToHex(slot, { size: 32 }));
const beyond = keccak256('0x00');

/** The proof of an account at the head, and the head's state root. */
async function prove(node, address, keys, tag = 'latest') {
  const { stateRoot } = await rpc(node.rpc, 'eth_getBlockByNumber', [tag, false]);
  return { stateRoot, answer: await rpc(node.rpc, 'eth_getProof', [address, keys, tag]) };
}

test("the checker agrees with another node's proofs and sees a changed one", async (t) => {
  const node = await startAnvil();
  t.after(() => node.stop());
  // Its genesis block has no state root.
  await transact(node, testAccount(1), { to: node.accounts[0].address, value: 1n });
  const { stateRoot, answer } = await prove(node, node.accounts[0].address, [slots[0]]);
  await verifyProof(stateRoot, answer);
  await assert.rejects(verifyProof(stateRoot, { ...answer, balance: '0x1' }));
  await assert.rejects(verifyProof(keccak256('0x01'), answer));
});

group('eth_getProof', { skip: noPlume }, () => {
  let node, mission;
  before(async () => {
    node = await startPlume();
    mission = await foundMission(node);
  });
  after(() => node?.stop());

  test("proves a vault's account and slots", async () => {
    const { stateRoot, answer } = await prove(node, mission.vault, [...slots, beyond]);
    await verifyProof(stateRoot, answer);
    const filled = answer.storageProof.filter(({ value }) => BigInt(value) !== 0n);
    assert.ok(filled.length >= 5, `${filled.length} slots are filled`);
    assert.ok(answer.storageProof.some(({ value }) => BigInt(value) === 0n));
    for (const { key, value } of answer.storageProof) {
      const word = await rpc(node.rpc, 'eth_getStorageAt', [mission.vault, key, 'latest']);
      assert.equal(BigInt(word), BigInt(value));
    }
  });

  test('proves accounts with coin only, and that an account is not there', async () => {
    for (const address of [
      node.accounts[0].address,
      '0x00000000000000000000000000000000deadbeef',
    ]) {
      const { stateRoot, answer } = await prove(node, address, [slots[0]]);
      await verifyProof(stateRoot, answer);
    }
  });

  test('proves the state of an earlier block', async () => {
    const { address } = testAccount(9);
    const tag = await rpc(node.rpc, 'eth_blockNumber');
    const before = await prove(node, address, [], tag);
    await transact(node, testAccount(0), { to: address, value: 1n });
    const since = await prove(node, address, [], tag);
    assert.deepEqual(since, before);
    await verifyProof(since.stateRoot, since.answer);
    const now = await prove(node, address, []);
    await verifyProof(now.stateRoot, now.answer);
    assert.equal(BigInt(now.answer.balance), BigInt(before.answer.balance) + 1n);
  });

  test('a changed value is refused by the proof', async () => {
    const { stateRoot, answer } = await prove(node, mission.vault, [slots[8]]);
    const [entry] = answer.storageProof;
    const changed = { ...answer, storageProof: [{ ...entry, value: '0x7' }] };
    await assert.rejects(verifyProof(stateRoot, changed));
  });
});
