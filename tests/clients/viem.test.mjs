// viem against `plume dev`: nothing here knows that the contracts are native.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { createPublicClient, http, keccak256, parseEventLogs, parseSignature } from 'viem';
import { stringToHex, zeroHash } from 'viem';
import { foundry } from 'viem/chains';

import { abiOf, foundMission } from './support/mission.mjs';
import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { reader, revertOf, transact, writer } from './support/wallet.mjs';

group('viem', { skip: noPlume }, () => {
  let node, mission, client, vault, currency;

  before(async () => {
    node = await startPlume();
    mission = await foundMission(node);
    client = reader(node);
    vault = { address: mission.vault, abi: await abiOf('Vault') };
    currency = { address: mission.currency, abi: await abiOf('AssetToken') };
  });
  after(() => node?.stop());

  const read = (contract, functionName, args = []) =>
    client.readContract({ ...contract, functionName, args });
  const approve = (donor, amount) =>
    transact(node, donor, {
      to: currency.address,
      abi: currency.abi,
      call: ['approve', [vault.address, amount]],
    });

  test('knows the chain and its ten accounts', async () => {
    assert.equal(await client.getChainId(), node.chainId);
    assert.equal(node.accounts.length, 10);
    for (const [index, { address }] of node.accounts.entries()) {
      assert.equal(address.toLowerCase(), testAccount(index).address.toLowerCase());
      assert.ok((await client.getBalance({ address })) > 10n ** 18n);
    }
    const block = await client.getBlock();
    assert.equal(block.number, await client.getBlockNumber());
    assert.equal((await client.getBlock({ blockHash: block.hash })).number, block.number);
    assert.ok((await client.estimateFeesPerGas()).maxFeePerGas > 0n);
    const history = await client.getFeeHistory({ blockCount: 4, rewardPercentiles: [20] });
    assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
  });

  test('sends coin, in a transaction of its own making', async () => {
    const [donor, other] = mission.donors;
    const before = await client.getBalance({ address: other.address });
    const receipt = await transact(node, donor, { to: other.address, value: 123n });
    assert.equal(receipt.gasUsed, 21_000n);
    assert.equal(await client.getBalance({ address: other.address }), before + 123n);
    const sent = await client.getTransaction({ hash: receipt.transactionHash });
    assert.equal(sent.value, 123n);
    assert.equal(sent.from, donor.address.toLowerCase());
    assert.equal(sent.blockHash, receipt.blockHash);
  });

  test('reads the vault by its ABI', async () => {
    assert.equal(await read(vault, 'name'), 'Mission share');
    assert.equal(await read(vault, 'decimals'), 6);
    assert.equal(await read(vault, 'goal'), 6_000n);
    assert.equal(await read(vault, 'trancheCount'), 3n);
    const [terms, state] = await read(vault, 'tranche', [1n]);
    assert.equal(terms.amount, 2_000n);
    assert.deepEqual(terms.payees, [{ to: mission.teacher.address, amount: 2_000n }]);
    assert.equal(state, 0);
  });

  test('contributes, waits for the receipt and decodes the events', async () => {
    const [donor] = mission.donors;
    await approve(donor, 2_500n);
    const ref = keccak256(stringToHex('first gift'));
    const { request, result } = await client.simulateContract({
      ...vault,
      account: donor,
      functionName: 'contribute',
      args: [2_500n, donor.address, ref],
    });
    assert.equal(result, 2_500n);
    const hash = await writer(node, donor).writeContract(request);
    const receipt = await client.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');

    const events = parseEventLogs({ abi: vault.abi, logs: receipt.logs });
    const contributed = events.find((event) => event.eventName === 'Contributed');
    const { address } = donor;
    assert.deepEqual(contributed.args, {
      from: address,
      receiver: address,
      assets: 2_500n,
      shares: 2_500n,
      ref,
    });
    assert.equal(contributed.address.toLowerCase(), vault.address.toLowerCase());
    assert.equal(await read(vault, 'balanceOf', [address]), 2_500n);
    assert.equal(await read(currency, 'balanceOf', [vault.address]), 2_500n);

    const found = await client.getContractEvents({
      ...vault,
      eventName: 'Contributed',
      args: { receiver: address },
      fromBlock: 0n,
    });
    assert.deepEqual(
      found.map((event) => event.transactionHash),
      [hash],
    );
  });

  test('contributes with a permit instead of an approval', async () => {
    const donor = mission.donors[1];
    const [, name, version, chainId, verifyingContract] = await read(currency, 'eip712Domain');
    const deadline = 2n ** 40n;
    const signature = parseSignature(
      await donor.signTypedData({
        domain: { name, version, chainId: Number(chainId), verifyingContract },
        types: {
          Permit: [
            { name: 'owner', type: 'address' },
            { name: 'spender', type: 'address' },
            { name: 'value', type: 'uint256' },
            { name: 'nonce', type: 'uint256' },
            { name: 'deadline', type: 'uint256' },
          ],
        },
        primaryType: 'Permit',
        message: {
          owner: donor.address,
          spender: vault.address,
          value: 500n,
          nonce: await read(currency, 'nonces', [donor.address]),
          deadline,
        },
      }),
    );
    const { r, s, yParity } = signature;
    await transact(node, donor, {
      to: vault.address,
      abi: vault.abi,
      call: ['contributeWithPermit', [500n, donor.address, zeroHash, deadline, 27 + yParity, r, s]],
    });
    assert.equal(await read(vault, 'balanceOf', [donor.address]), 500n);
  });

  test('decodes custom errors, of calls and of estimates', async () => {
    const donor = mission.donors[2];
    const tooMuch = {
      ...vault,
      account: donor,
      functionName: 'contribute',
      args: [6_000n, donor.address, zeroHash],
    };
    const expected = { errorName: 'ExceedsNeed', args: [6_000n, 3_000n] };
    assert.deepEqual(await revertOf(client.simulateContract(tooMuch)), expected);
    assert.deepEqual(await revertOf(client.estimateContractGas(tooMuch)), expected);
    assert.deepEqual(
      await revertOf(client.simulateContract({ ...vault, functionName: 'release', args: [0n] })),
      { errorName: 'WrongPhase', args: [1, 2] },
    );
  });

  test('sees a refused transaction in its receipt, and its fee alone is gone', async () => {
    const donor = mission.donors[2];
    const supply = await read(vault, 'totalSupply');
    const balance = await client.getBalance({ address: donor.address });
    const hash = await writer(node, donor).writeContract({
      ...vault,
      functionName: 'contribute',
      args: [6_000n, donor.address, zeroHash],
      gas: 500_000n,
    });
    const receipt = await client.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'reverted');
    assert.deepEqual(receipt.logs, []);
    assert.equal(await read(vault, 'totalSupply'), supply);
    const fee = receipt.gasUsed * receipt.effectiveGasPrice;
    assert.equal(await client.getBalance({ address: donor.address }), balance - fee);
  });

  test('fills the goal and releases what is due', async () => {
    const donor = mission.donors[2];
    await approve(donor, 3_000n);
    const call = ['contribute', [3_000n, donor.address, zeroHash]];
    await transact(node, donor, { to: vault.address, abi: vault.abi, call });
    assert.equal(await read(vault, 'phase'), 2);

    const release = { to: vault.address, abi: vault.abi, call: ['release', [0n]] };
    const receipt = await transact(node, donor, release);
    const [released] = parseEventLogs({
      abi: vault.abi,
      logs: receipt.logs,
      eventName: 'Released',
    });
    assert.deepEqual(released.args, { id: 0n, to: mission.teacher.address, amount: 1_000n });
    assert.equal(await read(currency, 'balanceOf', [mission.teacher.address]), 1_000n);
    assert.equal(await read(vault, 'paid'), 1_000n);
    assert.equal(await read(vault, 'escrowed'), 5_000n);

    const again = { ...vault, functionName: 'release', args: [0n] };
    assert.deepEqual(await revertOf(client.simulateContract(again)), {
      errorName: 'TrancheSettled',
      args: [0n, 1],
    });
    assert.deepEqual(await revertOf(client.simulateContract({ ...again, args: [1n] })), {
      errorName: 'ConditionNotMet',
      args: [1n],
    });
  });

  test('asks many things in one batch', async () => {
    const batched = createPublicClient({
      chain: foundry,
      transport: http(node.rpc, { batch: true }),
    });
    const balances = await Promise.all(
      node.accounts.map(({ address }) => batched.getBalance({ address })),
    );
    assert.equal(balances.length, 10);
  });
});
