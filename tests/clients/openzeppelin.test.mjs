// OpenZeppelin's contracts on Plume, and wherever one holds a token, that token is a native one.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { encodeFunctionData, getAddress, keccak256, maxUint256, parseEventLogs } from 'viem';
import { parseSignature, stringToHex, zeroAddress, zeroHash } from 'viem';

import { launchCurrency } from './support/mission.mjs';
import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { rpc } from './support/rpc.mjs';
import { compileAll } from './support/solidity.mjs';
import { Person, pass } from './support/wallet.mjs';

group('openzeppelin', { skip: noPlume }, () => {
  let node, founder, teacher, stranger, currency, contracts;

  before(async () => {
    contracts = compileAll('OpenZeppelin');
    node = await startPlume();
    [founder, teacher, stranger] = [0, 1, 2].map((index) => new Person(node, testAccount(index)));
    currency = await launchCurrency(node, founder);
  });
  after(() => node?.stop());

  const give = (to, amount) => founder.send(currency, 'transfer', [to, amount]);
  const moneyOf = (holder) => founder.read(currency, 'balanceOf', [holder]);
  /** The same contract, seen through another ABI or at another address. */
  const as = (name, { address }) => ({ address, abi: contracts[name].abi });

  test('ERC20 with permit and votes', async () => {
    const vote = await founder.deploy(contracts.Vote, [founder.address, 1000n]);
    assert.equal(await founder.read(vote, 'totalSupply'), 1000n);
    await founder.send(vote, 'delegate', [teacher.address]);
    assert.equal(await founder.read(vote, 'getVotes', [teacher.address]), 1000n);

    const [, name, version, chainId, verifyingContract] = await founder.read(vote, 'eip712Domain');
    const message = {
      owner: founder.address,
      spender: stranger.address,
      value: 70n,
      nonce: await founder.read(vote, 'nonces', [founder.address]),
      deadline: maxUint256,
    };
    const uint256 = (field) => ({ name: field, type: 'uint256' });
    const address = (field) => ({ name: field, type: 'address' });
    const fields = ['value', 'nonce', 'deadline'].map(uint256);
    const signature = parseSignature(
      await founder.account.signTypedData({
        domain: { name, version, chainId: Number(chainId), verifyingContract },
        types: { Permit: [address('owner'), address('spender'), ...fields] },
        primaryType: 'Permit',
        message,
      }),
    );
    const { r, s, v } = signature;
    const permit = [message.owner, message.spender, 70n, message.deadline, Number(v), r, s];
    await stranger.send(vote, 'permit', permit);
    const before = await founder.reader.getBlockNumber();
    await stranger.send(vote, 'transferFrom', [founder.address, stranger.address, 70n]);
    assert.equal(await founder.read(vote, 'getVotes', [teacher.address]), 930n);
    assert.equal(await founder.read(vote, 'getPastVotes', [teacher.address, before]), 1000n);

    assert.deepEqual(await stranger.refusal(vote, 'transfer', [teacher.address, 71n]), {
      errorName: 'ERC20InsufficientBalance',
      args: [stranger.address, 70n, 71n],
    });
    const again = await stranger.refusal(vote, 'permit', permit);
    assert.equal(again.errorName, 'ERC2612InvalidSigner');
  });

  test('ERC721 and ERC1155, which a native contract does not take by accident', async () => {
    const deeds = await founder.deploy(contracts.Deeds);
    await founder.send(deeds, 'mint', [founder.address, 7n]);
    const transfer = 'safeTransferFrom';
    await founder.send(deeds, transfer, [founder.address, teacher.address, 7n]);
    assert.equal(await founder.read(deeds, 'ownerOf', [7n]), teacher.address);
    const args = [teacher.address, currency.address, 7n];
    assert.deepEqual(await teacher.refusal(deeds, transfer, args), {
      errorName: 'ERC721InvalidReceiver',
      args: [currency.address],
    });

    const items = await founder.deploy(contracts.Items);
    await founder.send(items, 'mint', [teacher.address, [1n, 2n], [10n, 20n]]);
    await teacher.send(items, 'safeBatchTransferFrom', [
      teacher.address,
      stranger.address,
      [1n, 2n],
      [4n, 5n],
      '0x',
    ]);
    const holders = [teacher.address, teacher.address, stranger.address, stranger.address];
    const balances = await founder.read(items, 'balanceOfBatch', [holders, [1n, 2n, 1n, 2n]]);
    assert.deepEqual(balances, [6n, 15n, 4n, 5n]);
    const refused = await founder.refusal(items, 'mint', [currency.address, [1n], [1n]]);
    assert.equal(refused.errorName, 'ERC1155InvalidReceiver');
  });

  test('ERC4626 over a native token', async () => {
    const savings = await founder.deploy(contracts.Savings, [currency.address]);
    assert.equal(await founder.read(savings, 'decimals'), 6);
    await give(teacher.address, 1000n);
    assert.deepEqual(await teacher.refusal(savings, 'deposit', [1000n, teacher.address]), {
      errorName: 'ERC20InsufficientAllowance',
      args: [savings.address, 0n, 1000n],
    });
    await teacher.send(currency, 'approve', [savings.address, 1000n]);
    await teacher.send(savings, 'deposit', [1000n, teacher.address]);
    await give(savings.address, 500n);
    assert.equal(await founder.read(savings, 'totalAssets'), 1500n);
    assert.equal(await founder.read(savings, 'previewRedeem', [400n]), 599n);
    await teacher.send(savings, 'redeem', [400n, stranger.address, teacher.address]);
    assert.equal(await moneyOf(stranger.address), 599n);
    assert.equal(await moneyOf(savings.address), 901n);
  });

  test('AccessControl', async () => {
    const register = await founder.deploy(contracts.Register);
    const role = await founder.read(register, 'CLERK');
    assert.deepEqual(await teacher.refusal(register, 'enter', [5n]), {
      errorName: 'AccessControlUnauthorizedAccount',
      args: [teacher.address, role],
    });
    await founder.send(register, 'grantRole', [role, teacher.address]);
    await teacher.send(register, 'enter', [5n]);
    assert.equal(await founder.read(register, 'entry'), 5n);
    await founder.send(register, 'revokeRole', [role, teacher.address]);
    const refused = await teacher.refusal(register, 'enter', [6n]);
    assert.equal(refused.errorName, 'AccessControlUnauthorizedAccount');
  });

  test('a Governor decides, and its timelock pays out native tokens', async () => {
    const vote = await founder.deploy(contracts.Vote, [founder.address, 1000n]);
    const delay = 3600n;
    const timelock = await founder.deploy(contracts.TimelockController, [
      delay,
      [],
      [zeroAddress],
      founder.address,
    ]);
    const assembly = await founder.deploy(contracts.Assembly, [vote.address, timelock.address]);
    for (const role of ['PROPOSER_ROLE', 'CANCELLER_ROLE']) {
      const id = await founder.read(timelock, role);
      await founder.send(timelock, 'grantRole', [id, assembly.address]);
    }
    await founder.send(timelock, 'renounceRole', [zeroHash, founder.address]);
    await founder.send(vote, 'transfer', [teacher.address, 300n]);
    await founder.send(vote, 'delegate', [founder.address]);
    await teacher.send(vote, 'delegate', [teacher.address]);
    await give(timelock.address, 900n);

    const pay = (to, amount) =>
      encodeFunctionData({ abi: currency.abi, functionName: 'transfer', args: [to, amount] });
    const actions = [
      [currency.address, currency.address],
      [0n, 0n],
      [pay(teacher.address, 400n), pay(stranger.address, 100n)],
    ];
    const text = 'Pay the teacher';
    const proposed = await founder.send(assembly, 'propose', [...actions, text]);
    const [{ args: proposal }] = parseEventLogs({
      abi: assembly.abi,
      logs: proposed.logs,
      eventName: 'ProposalCreated',
    });
    const state = () => founder.read(assembly, 'state', [proposal.proposalId]);
    assert.equal(await state(), 0, 'pending');
    await rpc(node.rpc, 'evm_mine', [{ blocks: 2 }]);
    assert.equal(await state(), 1, 'active');
    const decided = [...actions, keccak256(stringToHex(text))];
    const early = await founder.refusal(assembly, 'queue', decided);
    assert.equal(early.errorName, 'GovernorUnexpectedProposalState');

    await founder.send(assembly, 'castVote', [proposal.proposalId, 1]);
    await teacher.send(assembly, 'castVoteWithReason', [proposal.proposalId, 0, 'too little']);
    const votes = await founder.read(assembly, 'proposalVotes', [proposal.proposalId]);
    assert.deepEqual(votes, [300n, 700n, 0n]);
    await rpc(node.rpc, 'evm_mine', [{ blocks: 4 }]);
    assert.equal(await state(), 4, 'succeeded');
    await founder.send(assembly, 'queue', decided);
    assert.equal(await state(), 5, 'queued');
    const hasty = await stranger.refusal(assembly, 'execute', decided);
    assert.equal(hasty.raw?.slice(0, 10), '0x5ead8eb5', 'TimelockUnexpectedOperationState');
    await pass(node, Number(delay));

    const held = await Promise.all([teacher, stranger].map(({ address }) => moneyOf(address)));
    const { logs } = await stranger.send(assembly, 'execute', decided);
    assert.equal(await state(), 7, 'executed');
    assert.equal(await moneyOf(teacher.address), held[0] + 400n);
    assert.equal(await moneyOf(stranger.address), held[1] + 100n);
    assert.equal(await moneyOf(timelock.address), 400n);
    const transfers = parseEventLogs({ abi: currency.abi, logs, eventName: 'Transfer' });
    assert.deepEqual(
      transfers.map((log) => [getAddress(log.address), log.args.from, log.args.to, log.args.value]),
      [
        [currency.address, timelock.address, teacher.address, 400n],
        [currency.address, timelock.address, stranger.address, 100n],
      ],
    );
  });

  group('proxies hold and move a native token', () => {
    let first, second, setUp;

    before(async () => {
      first = await founder.deploy(contracts.Purse);
      second = await founder.deploy(contracts.Purse2);
      setUp = encodeFunctionData({
        abi: first.abi,
        functionName: 'initialize',
        args: [currency.address, founder.address],
      });
    });

    /** Pays through the proxy, which needs to be the first version. */
    async function paysAsPurse(proxy) {
      const purse = as('Purse', proxy);
      assert.equal(await founder.read(purse, 'version'), 1n);
      await give(purse.address, 100n);
      const before = await moneyOf(teacher.address);
      await founder.send(purse, 'pay', [teacher.address, 30n]);
      assert.equal(await moneyOf(teacher.address), before + 30n);
      assert.equal(await moneyOf(purse.address), 70n);
      assert.deepEqual(await stranger.refusal(purse, 'pay', [stranger.address, 1n]), {
        errorName: 'NotOwner',
        args: [stranger.address],
      });
    }

    /** Pays through the proxy after its upgrade to the second version. */
    async function paysAsPurse2(proxy) {
      const purse = as('Purse2', proxy);
      assert.equal(await founder.read(purse, 'version'), 2n);
      await founder.send(purse, 'pay', [teacher.address, 20n]);
      assert.equal(await founder.read(purse, 'paid'), 20n);
      assert.equal(await moneyOf(purse.address), 50n);
    }

    test('ERC1967 with UUPS', async () => {
      const proxy = await founder.deploy(contracts.ERC1967Proxy, [first.address, setUp]);
      await paysAsPurse(proxy);
      const purse = as('Purse', proxy);
      const upgrade = [second.address, '0x'];
      const refused = await stranger.refusal(purse, 'upgradeToAndCall', upgrade);
      assert.equal(refused.errorName, 'NotOwner');
      await founder.send(purse, 'upgradeToAndCall', upgrade);
      await paysAsPurse2(proxy);
    });

    test('Transparent, with its admin', async () => {
      const args = [first.address, founder.address, setUp];
      const proxy = await founder.deploy(contracts.TransparentUpgradeableProxy, args);
      await paysAsPurse(proxy);
      const slot = '0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103';
      const word = await founder.reader.getStorageAt({ address: proxy.address, slot });
      const admin = as('ProxyAdmin', { address: getAddress(`0x${word.slice(-40)}`) });
      assert.equal(await founder.read(admin, 'owner'), founder.address);
      await founder.send(admin, 'upgradeAndCall', [proxy.address, second.address, '0x']);
      await paysAsPurse2(proxy);
    });

    test('Beacon', async () => {
      const beacon = await founder.deploy(contracts.UpgradeableBeacon, [
        first.address,
        founder.address,
      ]);
      const proxy = await founder.deploy(contracts.BeaconProxy, [beacon.address, setUp]);
      await paysAsPurse(proxy);
      await founder.send(beacon, 'upgradeTo', [second.address]);
      await paysAsPurse2(proxy);
    });

    test('Clones', async () => {
      const cloner = await founder.deploy(contracts.Cloner);
      const salt = keccak256('0x01');
      const address = await founder.read(cloner, 'predict', [first.address, salt]);
      await founder.send(cloner, 'clone', [first.address, salt]);
      const purse = as('Purse', { address });
      await founder.send(purse, 'initialize', [currency.address, founder.address]);
      await paysAsPurse(purse);
      const again = await founder.refusal(purse, 'initialize', [currency.address, zeroAddress]);
      assert.equal(again.errorName, 'InvalidInitialization');
    });

    test('what delegates to a native contract never runs it', async () => {
      const cloner = await founder.deploy(contracts.Cloner);
      await founder.send(cloner, 'clone', [currency.address, zeroHash]);
      const address = await founder.read(cloner, 'predict', [currency.address, zeroHash]);
      const clone = { address, abi: currency.abi };
      for (const [method, args] of [
        ['symbol', []],
        ['transfer', [teacher.address, 0n]],
      ])
        assert.deepEqual(await founder.refusal(clone, method, args), { raw: '0x' }, method);
    });
  });
});
