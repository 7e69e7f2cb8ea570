// Hardhat's network helpers on a node, which they have to take for a development one.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { network } from 'hardhat';

describe('network helpers', async () => {
  const { networkHelpers, viem } = await network.create();
  const client = await viem.getPublicClient();
  const someone = '0x00000000000000000000000000000000000000aa';

  it('set balances, codes, nonces and slots', async () => {
    await networkHelpers.setBalance(someone, 5n);
    await networkHelpers.setNonce(someone, 7);
    await networkHelpers.setCode(someone, '0x6001');
    await networkHelpers.setStorageAt(someone, 3, 9);
    assert.equal(await client.getBalance({ address: someone }), 5n);
    assert.equal(await client.getTransactionCount({ address: someone }), 7);
    assert.equal(await client.getCode({ address: someone }), '0x6001');
    assert.equal(BigInt(await networkHelpers.getStorageAt(someone, 3)), 9n);
  });

  it('mine and move the clock', async () => {
    const before = await networkHelpers.time.latestBlock();
    await networkHelpers.mine(5);
    assert.equal(await networkHelpers.time.latestBlock(), before + 5);
    const now = await networkHelpers.time.latest();
    await networkHelpers.time.increase(3600);
    assert.ok((await networkHelpers.time.latest()) >= now + 3600);
    const then = (await networkHelpers.time.latest()) + 100;
    await networkHelpers.time.setNextBlockTimestamp(then);
    await networkHelpers.mine();
    assert.equal(await networkHelpers.time.latest(), then);
  });

  it('go back to snapshots and load fixtures', async () => {
    const snapshot = await networkHelpers.takeSnapshot();
    await networkHelpers.setBalance(someone, 77n);
    await snapshot.restore();
    assert.notEqual(await client.getBalance({ address: someone }), 77n);
    async function deploy() {
      return viem.deployContract('Counter');
    }
    const first = await networkHelpers.loadFixture(deploy);
    await first.write.inc();
    const again = await networkHelpers.loadFixture(deploy);
    assert.equal(again.address, first.address);
    assert.equal(await again.read.x(), 0n);
  });

  it('impersonate', async () => {
    const other = '0x00000000000000000000000000000000000000bb';
    await networkHelpers.impersonateAccount(other);
    await networkHelpers.setBalance(other, 10n ** 18n);
    const wallet = await viem.getWalletClient(other);
    const hash = await wallet.sendTransaction({ to: someone, value: 1n });
    const receipt = await client.waitForTransactionReceipt({ hash });
    assert.equal(receipt.from, other);
    await networkHelpers.stopImpersonatingAccount(other);
  });

  it('decode custom errors and events by the assertions of the toolbox', async () => {
    const counter = await viem.deployContract('Counter');
    await viem.assertions.revertWith(counter.write.incBy([0n]), 'incBy: increment should be positive');
    await viem.assertions.balancesHaveChanged(
      (await viem.getWalletClients())[0].sendTransaction({ to: someone, value: 3n }),
      [{ address: someone, amount: 3n }],
    );
  });
});
