// ethers against `plume dev`: nothing here knows that the contracts are native.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { Contract, JsonRpcProvider, Wallet, ZeroHash, id, isError } from 'ethers';

import { abiOf, foundMission } from './support/mission.mjs';
import { noPlume, startPlume } from './support/node.mjs';

group('ethers', { skip: noPlume }, () => {
  let node, mission, provider, donor, vault, currency;

  before(async () => {
    node = await startPlume();
    mission = await foundMission(node);
    provider = new JsonRpcProvider(node.rpc, undefined, { pollingInterval: 50, cacheTimeout: -1 });
    donor = new Wallet(node.accounts[2].key, provider);
    vault = new Contract(mission.vault, await abiOf('Vault'), donor);
    currency = new Contract(mission.currency, await abiOf('AssetToken'), donor);
  });
  after(async () => {
    provider?.destroy();
    await node?.stop();
  });

  test('knows the chain', async () => {
    assert.equal((await provider.getNetwork()).chainId, BigInt(node.chainId));
    const block = await provider.getBlock('latest', true);
    assert.equal(block.number, await provider.getBlockNumber());
    assert.equal((await provider.getBlock(block.hash)).hash, block.hash);
    assert.ok((await provider.getFeeData()).maxFeePerGas > 0n);
    assert.notEqual(await provider.getCode(mission.vault), '0x');
  });

  test('reads the vault by its ABI', async () => {
    assert.equal(await vault.symbol(), 'SHARE');
    assert.equal(await vault.goal(), 6_000n);
    const { terms, state } = await vault.tranche(2n);
    assert.equal(terms.payees[0].to, mission.teacher.address);
    assert.equal(terms.amount, 3_000n);
    assert.equal(state, 0n);
  });

  test('contributes, waits for the receipt and decodes the events', async () => {
    await (await currency.approve(mission.vault, 700n)).wait();
    const ref = id('a gift');
    const sent = await vault.contribute(700n, donor.address, ref);
    const receipt = await sent.wait();
    assert.equal(receipt.status, 1);
    const events = receipt.logs.map((log) => vault.interface.parseLog(log)).filter(Boolean);
    const contributed = events.find((event) => event.name === 'Contributed');
    assert.deepEqual([...contributed.args], [donor.address, donor.address, 700n, 700n, ref]);
    assert.equal(await vault.balanceOf(donor.address), 700n);

    const filter = vault.filters.Contributed(donor.address);
    const [found] = await vault.queryFilter(filter, 0);
    assert.equal(found.transactionHash, receipt.hash);
  });

  test('hears of events as they come', async () => {
    await (await currency.approve(mission.vault, 10n)).wait();
    const heard = new Promise((done) => vault.once('Contributed', (...values) => done(values)));
    // The listener is set up in the background; a block after that is what it is told about.
    await provider.getBlockNumber();
    await (await vault.contribute(10n, donor.address, ZeroHash)).wait();
    const [from, , assets] = await heard;
    assert.equal(from, donor.address);
    assert.equal(assets, 10n);
  });

  test('decodes a custom error', async () => {
    const error = await vault.contribute
      .staticCall(100_000n, donor.address, ZeroHash)
      .catch((refused) => refused);
    assert.ok(isError(error, 'CALL_EXCEPTION'), error);
    assert.equal(error.revert.name, 'ExceedsNeed');
    assert.deepEqual([...error.revert.args], [100_000n, 5_290n]);
    // Sending asks for an estimate first, which is refused with the same reason.
    const refused = await vault.contribute(100_000n, donor.address, ZeroHash).catch((e) => e);
    assert.equal(
      refused.revert?.name ?? vault.interface.parseError(refused.data)?.name,
      'ExceedsNeed',
    );
  });

  test('sends coin and finds the transaction at once', async () => {
    const sent = await donor.sendTransaction({ to: node.accounts[5].address, value: 5n });
    assert.equal((await provider.getTransaction(sent.hash)).hash, sent.hash);
    const receipt = await sent.wait();
    assert.equal(receipt.gasUsed, 21_000n);
    assert.equal(receipt.fee, receipt.gasUsed * receipt.gasPrice);
  });
});
