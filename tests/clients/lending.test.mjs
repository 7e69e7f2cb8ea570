// A lending contract of bytecode: native tokens, and a native vault's shares, as what is lent and
// as what is pledged for it.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { zeroHash } from 'viem';

import { abiOf, foundMission } from './support/mission.mjs';
import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { compile } from './support/solidity.mjs';
import { Person } from './support/wallet.mjs';

group('lending', { skip: noPlume }, () => {
  let node, founder, donor, stranger, native, shares, coin, contract;

  before(async () => {
    contract = compile('Lender');
    node = await startPlume();
    [founder, donor, stranger] = [0, 2, 8].map((index) => new Person(node, testAccount(index)));
    const mission = await foundMission(node);
    native = { address: mission.currency, abi: await abiOf('AssetToken') };
    const vault = { address: mission.vault, abi: await abiOf('Vault') };
    await donor.send(native, 'approve', [vault.address, 2_000n]);
    await donor.send(vault, 'contribute', [2_000n, donor.address, zeroHash]);
    shares = vault;
    coin = await founder.deploy(compile('Coin'), [10n ** 9n]);
    await founder.send(coin, 'transfer', [donor.address, 10_000n]);
  });
  after(() => node?.stop());

  const balance = (token, { address }) => founder.read(token, 'balanceOf', [address]);

  for (const [name, tokens] of [
    ['coins against native tokens', () => [native, coin]],
    ['native tokens against coins', () => [coin, native]],
    ['native tokens against shares of a native vault', () => [shares, native]],
  ])
    test(`lends ${name}`, async () => {
      const [collateral, asset] = tokens();
      const lender = await founder.deploy(contract, [collateral.address, asset.address]);
      await founder.send(asset, 'transfer', [lender.address, 5_000n]);
      await donor.send(collateral, 'approve', [lender.address, 1_000n]);
      await donor.send(lender, 'pledge', [1_000n]);
      assert.equal(await balance(collateral, lender), 1_000n);

      const before = await balance(asset, donor);
      await donor.send(lender, 'borrow', [400n]);
      assert.equal(await balance(asset, donor), before + 400n);
      for (const [method, amount, args] of [
        ['borrow', 101n, [501n, 500n]],
        ['withdraw', 202n, [400n, 399n]],
      ]) {
        const refused = await donor.refusal(lender, method, [amount]);
        assert.deepEqual(refused, { errorName: 'Undercollateralised', args });
      }
      await donor.send(asset, 'approve', [lender.address, 100n]);
      await donor.send(lender, 'repay', [donor.address, 100n]);
      await donor.send(lender, 'withdraw', [400n]);
      assert.equal(await balance(collateral, lender), 600n);

      assert.deepEqual(await stranger.refusal(lender, 'liquidate', [donor.address]), {
        errorName: 'Healthy',
        args: [donor.address],
      });
      await founder.send(lender, 'setPrice', [99n]);
      await founder.send(asset, 'transfer', [stranger.address, 300n]);
      const seized = await balance(collateral, stranger);
      const poor = await stranger.refusal(
        { ...lender, abi: [...lender.abi, ...native.abi] },
        'liquidate',
        [donor.address],
      );
      assert.equal(poor.errorName, 'ERC20InsufficientAllowance');
      await stranger.send(asset, 'approve', [lender.address, 300n]);
      await stranger.send(lender, 'liquidate', [donor.address]);
      assert.equal(await balance(collateral, stranger), seized + 600n);
      assert.equal(await balance(collateral, lender), 0n);
      assert.equal(await balance(asset, lender), 5_000n);
      assert.equal(await founder.read(lender, 'owed', [donor.address]), 0n);
    });
});
