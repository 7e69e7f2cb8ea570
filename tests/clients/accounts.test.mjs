// Accounts that are more than a key: a Safe of three owners, Multicall3, keys that borrow code by
// EIP-7702; and access lists. What they hold and move is a native token.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { concat, encodeFunctionData, encodePacked, maxUint256, multicall3Abi } from 'viem';
import { parseEventLogs, parseSignature, size, zeroAddress, zeroHash } from 'viem';

import { multicall3Bytecode } from './node_modules/viem/_esm/constants/contracts.js';
import { abiOf, foundMission } from './support/mission.mjs';
import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { artifact, compile } from './support/solidity.mjs';
import { Person } from './support/wallet.mjs';

group('accounts', { skip: noPlume }, () => {
  let node, founder, teacher, relayer, mission, currency;

  before(async () => {
    node = await startPlume();
    [founder, teacher, relayer] = [0, 1, 9].map((index) => new Person(node, testAccount(index)));
    mission = await foundMission(node);
    currency = { address: mission.currency, abi: await abiOf('AssetToken') };
  });
  after(() => node?.stop());

  const balance = (holder) => founder.read(currency, 'balanceOf', [holder.address]);
  const give = (to, amount) => founder.send(currency, 'transfer', [to.address, amount]);
  const encode = ({ abi }, functionName, args) => encodeFunctionData({ abi, functionName, args });

  group('Multicall3', () => {
    let multicall;

    before(async () => {
      multicall = await founder.deploy({ abi: multicall3Abi, bytecode: multicall3Bytecode });
    });

    const questions = () => [
      { ...currency, functionName: 'symbol' },
      { ...currency, functionName: 'balanceOf', args: [founder.address] },
      { ...currency, functionName: 'transfer', args: [founder.address, 1n] },
    ];

    test('asks many contracts in one call, and one refusal is one answer', async () => {
      const supply = await balance(founder);
      for (const where of [{ multicallAddress: multicall.address }, { deployless: true }]) {
        const answers = await founder.reader.multicall({ contracts: questions(), ...where });
        assert.deepEqual(
          answers.map(({ status, result }) => [status, result]),
          [
            ['success', 'cUSD'],
            ['success', supply],
            ['failure', undefined],
          ],
        );
        assert.match(answers[2].error.message, /ERC20InsufficientBalance/);
      }
    });

    test('hands in a permit and uses it, in one transaction', async () => {
      const field = (type) => (name) => ({ name, type });
      const message = {
        owner: founder.address,
        spender: multicall.address,
        value: 50n,
        nonce: 0n,
        deadline: maxUint256,
      };
      const { r, s, v } = parseSignature(
        await founder.account.signTypedData({
          domain: {
            name: 'Community Dollar',
            version: '1',
            chainId: node.chainId,
            verifyingContract: currency.address,
          },
          types: {
            Permit: [
              ...['owner', 'spender'].map(field('address')),
              ...['value', 'nonce', 'deadline'].map(field('uint256')),
            ],
          },
          primaryType: 'Permit',
          message,
        }),
      );
      const { owner, spender } = message;
      const calls = [
        encode(currency, 'permit', [owner, spender, 50n, maxUint256, Number(v), r, s]),
        encode(currency, 'transferFrom', [owner, teacher.address, 50n]),
      ].map((callData) => ({ target: currency.address, allowFailure: false, callData }));
      const before = await balance(teacher);
      await relayer.send(multicall, 'aggregate3', [calls]);
      assert.equal(await balance(teacher), before + 50n);
      const again = await relayer.refusal(multicall, 'aggregate3', [calls]);
      assert.deepEqual(again, { errorName: 'Error', args: ['Multicall3: call failed'] });
    });
  });

  group('a Safe of three owners', () => {
    let owners, safe, multiSend;
    const call = 0;
    const delegateCall = 1;

    before(async () => {
      const built = (path, name) =>
        founder.deploy(
          artifact(
            `@safe-global/safe-smart-account/build/artifacts/contracts/${path}/${name}.json`,
          ),
        );
      owners = [3, 4, 5]
        .map((index) => testAccount(index))
        .sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
      const singleton = await built('SafeL2.sol', 'SafeL2');
      const factory = await built('proxies/SafeProxyFactory.sol', 'SafeProxyFactory');
      const path = 'handler/CompatibilityFallbackHandler.sol';
      const handler = await built(path, 'CompatibilityFallbackHandler');
      multiSend = await built('libraries/MultiSend.sol', 'MultiSend');
      const addresses = owners.map(({ address }) => address);
      const nobody = [zeroAddress, 0n, zeroAddress];
      const setUp = encode(singleton, 'setup', [
        addresses,
        2n,
        zeroAddress,
        '0x',
        handler.address,
        ...nobody,
      ]);
      const { logs } = await founder.send(factory, 'createProxyWithNonce', [
        singleton.address,
        setUp,
        1n,
      ]);
      const [{ args }] = parseEventLogs({
        abi: factory.abi,
        logs,
        eventName: 'ProxyCreation',
      });
      safe = { address: args.proxy, abi: singleton.abi };
      await give(safe, 1_000n);
    });

    /** The arguments of execTransaction, signed by the owners given. */
    async function signed({ to, data, operation }, signers) {
      const message = {
        to,
        value: 0n,
        data,
        operation,
        safeTxGas: 0n,
        baseGas: 0n,
        gasPrice: 0n,
        gasToken: zeroAddress,
        refundReceiver: zeroAddress,
        nonce: await founder.read(safe, 'nonce'),
      };
      const types = ['address', 'uint256', 'bytes', 'uint8', ...Array(3).fill('uint256')];
      types.push('address', 'address', 'uint256');
      const names = Object.keys(message);
      const signatures = await Promise.all(
        signers.map((signer) =>
          signer.signTypedData({
            domain: { chainId: node.chainId, verifyingContract: safe.address },
            types: { SafeTx: names.map((name, index) => ({ name, type: types[index] })) },
            primaryType: 'SafeTx',
            message,
          }),
        ),
      );
      return [...Object.values(message).slice(0, -1), concat(signatures)];
    }

    const transfer = (amount) => ({
      to: currency.address,
      data: encode(currency, 'transfer', [teacher.address, amount]),
      operation: call,
    });

    test('two of them move native tokens, and one alone does not', async () => {
      const alone = await signed(transfer(400n), owners.slice(0, 1));
      const refused = await relayer.refusal(safe, 'execTransaction', alone);
      assert.deepEqual(refused, { errorName: 'Error', args: ['GS020'] });
      const before = await balance(teacher);
      await relayer.send(safe, 'execTransaction', await signed(transfer(400n), owners.slice(1)));
      assert.equal(await balance(teacher), before + 400n);
      assert.equal(await balance(safe), 600n);
    });

    test('a refusal of the token undoes the transaction, nonce and all', async () => {
      const nonce = await founder.read(safe, 'nonce');
      const args = await signed(transfer(601n), owners.slice(1));
      const refused = await relayer.refusal(
        { address: safe.address, abi: [...safe.abi, ...currency.abi] },
        'execTransaction',
        args,
      );
      assert.deepEqual(refused, {
        errorName: 'ERC20InsufficientBalance',
        args: [safe.address, 600n, 601n],
      });
      assert.equal(await founder.read(safe, 'nonce'), nonce);
    });

    test('funds a vault: an approval and a contribution in one', async () => {
      const vault = { address: mission.vault, abi: await abiOf('Vault') };
      const parts = [
        [currency.address, encode(currency, 'approve', [vault.address, 300n])],
        [vault.address, encode(vault, 'contribute', [300n, safe.address, zeroHash])],
      ].map(([to, data]) =>
        encodePacked(
          ['uint8', 'address', 'uint256', 'uint256', 'bytes'],
          [call, to, 0n, BigInt(size(data)), data],
        ),
      );
      const data = encode(multiSend, 'multiSend', [concat(parts)]);
      const both = { to: multiSend.address, data, operation: delegateCall };
      await relayer.send(safe, 'execTransaction', await signed(both, owners.slice(0, 2)));
      assert.equal(await founder.read(vault, 'balanceOf', [safe.address]), 300n);
      assert.equal(await founder.read(vault, 'raised'), 300n);
    });

    test('cannot be made to delegate to a native contract', async () => {
      const order = { ...transfer(1n), operation: delegateCall };
      const args = await signed(order, owners.slice(1));
      const before = await balance(safe);
      await assert.rejects(relayer.send(safe, 'execTransaction', args));
      assert.equal(await balance(safe), before);
    });
  });

  group('a key that borrows code', () => {
    let batch;

    before(async () => {
      batch = await founder.deploy(compile('Batch'));
      await give(teacher, 1_000n);
    });

    const lent = () => ({ address: teacher.address, abi: batch.abi });
    const code = () => teacher.reader.getCode({ address: teacher.address });
    const delegation = ({ address }) => `0xef0100${address.slice(2).toLowerCase()}`;
    const pay = (to, amount) => ({
      to: currency.address,
      value: 0n,
      data: encode(currency, 'transfer', [to.address, amount]),
    });

    test('delegates and makes two payments, in one transaction of its own', async () => {
      const authorization = await teacher.writer.signAuthorization({
        contractAddress: batch.address,
        executor: 'self',
      });
      const before = [await balance(teacher), await balance(founder), await balance(relayer)];
      const { type } = await teacher.send(
        lent(),
        'execute',
        [[pay(founder, 10n), pay(relayer, 20n)]],
        { authorizationList: [authorization] },
      );
      assert.equal(type, 'eip7702');
      assert.equal(await code(), delegation(batch));
      assert.deepEqual(
        [await balance(teacher), await balance(founder), await balance(relayer)],
        [before[0] - 30n, before[1] + 10n, before[2] + 20n],
      );
    });

    test('keeps the code, which obeys nobody else', async () => {
      await teacher.send(lent(), 'execute', [[pay(founder, 5n)]]);
      assert.deepEqual(await relayer.refusal(lent(), 'execute', [[pay(relayer, 5n)]]), {
        errorName: 'NotSelf',
        args: [relayer.address],
      });
    });

    test('gives the code back through another, who pays', async () => {
      const authorization = await teacher.writer.signAuthorization({
        contractAddress: zeroAddress,
        executor: relayer.account,
      });
      const hash = await relayer.writer.sendTransaction({
        to: relayer.address,
        authorizationList: [authorization],
      });
      await relayer.settled(hash);
      assert.equal(await code(), undefined);
    });

    test('that delegates to a native contract runs as if it had no code', async () => {
      const authorization = await teacher.writer.signAuthorization({
        contractAddress: currency.address,
        executor: relayer.account,
      });
      const supply = await founder.read(currency, 'totalSupply');
      const request = {
        to: teacher.address,
        data: encode(currency, 'transfer', [relayer.address, 1n]),
        authorizationList: [authorization],
      };
      const before = await balance(teacher);
      const { logs } = await relayer.settled(relayer.writer.sendTransaction(request));
      assert.equal(await code(), delegation(currency));
      assert.deepEqual(logs, []);
      const { data } = await relayer.reader.call({ ...request, authorizationList: undefined });
      assert.equal(data, undefined, 'it succeeds and answers nothing');
      const slots = [0n, 1n, 2n, 3n, 4n, 5n].map((slot) =>
        relayer.reader.getStorageAt({ address: teacher.address, slot: `0x${slot}` }),
      );
      for (const word of await Promise.all(slots)) assert.equal(BigInt(word), 0n);
      assert.equal(await balance(teacher), before);
      assert.equal(await founder.read(currency, 'totalSupply'), supply);
    });
  });

  test('an access list makes warm what a contract reads of a native token', async () => {
    const multicall = await founder.deploy({ abi: multicall3Abi, bytecode: multicall3Bytecode });
    const callData = encode(currency, 'totalSupply', []);
    const call = { target: currency.address, allowFailure: false, callData };
    const gasUsed = async (options) =>
      (await founder.send(multicall, 'aggregate3', [[call]], options)).gasUsed;

    const { accessList } = await founder.reader.createAccessList({
      account: founder.address,
      to: multicall.address,
      data: encode(multicall, 'aggregate3', [[call]]),
    });
    const [{ address, storageKeys }, ...others] = accessList;
    assert.deepEqual([address, others], [currency.address.toLowerCase(), []]);
    const slots = BigInt(storageKeys.length);
    assert.ok(slots > 0n);
    // EIP-2930: an address for 2,400 instead of 2,600 - 100, a slot for 1,900 instead of 2,100 - 100.
    const cold = await gasUsed();
    assert.equal(await gasUsed({ accessList }), cold - 100n * (1n + slots));
  });
});
