// wagmi's core against `plume dev`, over HTTP and over a WebSocket, with the accounts of the node
// behind wagmi's connector for tests: it hands on what a wallet would be asked.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import * as wagmi from '@wagmi/core';
import { encodeFunctionData, parseAbi, zeroHash } from 'viem';
import { foundry } from 'viem/chains';

import { abiOf, foundMission } from './support/mission.mjs';
import { noPlume, startPlume } from './support/node.mjs';
import { compile } from './support/solidity.mjs';
import { revertOf } from './support/wallet.mjs';

let compiled;
/** A token in Solidity, compiled once. */
const coin = () => (compiled ??= compile('Coin'));

const transports = {
  HTTP: (node) => wagmi.http(node.rpc, { batch: true }),
  WebSocket: (node) => wagmi.webSocket(node.rpc.replace('http:', 'ws:')),
};

for (const [way, transport] of Object.entries(transports))
  group(`wagmi over ${way}`, { skip: noPlume }, () => {
    let node, mission, config, donor, vault, currency;

    before(async () => {
      node = await startPlume();
      mission = await foundMission(node);
      donor = node.accounts[2].address;
      const chain = { ...foundry, rpcUrls: { default: { http: [node.rpc] } } };
      config = wagmi.createConfig({
        chains: [chain],
        connectors: [wagmi.mock({ accounts: [donor, node.accounts[3].address] })],
        transports: { [chain.id]: transport(node) },
        pollingInterval: 20,
        cacheTime: 0,
        storage: null,
      });
      vault = { address: mission.vault, abi: await abiOf('Vault') };
      currency = { address: mission.currency, abi: await abiOf('AssetToken') };
    });
    after(async () => {
      if (way === 'WebSocket') (await wagmi.getClient(config).transport.getRpcClient()).close();
      await node?.stop();
    });
    const settled = async (sent) => {
      const receipt = await wagmi.waitForTransactionReceipt(config, { hash: await sent });
      assert.equal(receipt.status, 'success');
      return receipt;
    };
    const write = (contract, functionName, args) =>
      settled(wagmi.writeContract(config, { ...contract, functionName, args }));

    test('connects, and knows the chain and who is connected', async () => {
      const { accounts, chainId } = await wagmi.connect(config, {
        connector: config.connectors[0],
      });
      assert.equal(chainId, node.chainId);
      assert.equal(accounts[0].toLowerCase(), donor.toLowerCase());
      assert.equal(wagmi.getConnection(config).status, 'connected');
      const { value, symbol } = await wagmi.getBalance(config, { address: donor });
      assert.ok(value > 10n ** 18n);
      assert.equal(symbol, 'ETH');
      assert.equal((await wagmi.getBlock(config)).number, await wagmi.getBlockNumber(config));
      assert.equal(await wagmi.getTransactionCount(config, { address: donor }), 0);
    });

    test('knows what gas costs', async () => {
      const fees = await wagmi.estimateFeesPerGas(config);
      assert.ok(fees.maxFeePerGas > fees.maxPriorityFeePerGas);
      assert.ok((await wagmi.getGasPrice(config)) > 0n);
      assert.ok((await wagmi.estimateMaxPriorityFeePerGas(config)) > 0n);
      const history = await wagmi.getFeeHistory(config, {
        blockCount: 2,
        rewardPercentiles: [25, 75],
      });
      assert.equal(history.reward[0].length, 2);
      const to = mission.teacher.address;
      assert.equal(await wagmi.estimateGas(config, { to, value: 1n }), 21_000n);
    });

    test('contributes to a native vault through the wallet', async () => {
      await write(currency, 'approve', [vault.address, 700n]);
      const { request, result } = await wagmi.simulateContract(config, {
        ...vault,
        functionName: 'contribute',
        args: [700n, donor, zeroHash],
      });
      assert.equal(result, 700n);
      const receipt = await settled(wagmi.writeContract(config, request));
      const hash = receipt.transactionHash;
      assert.equal((await wagmi.getTransaction(config, { hash })).blockHash, receipt.blockHash);
      const [shares, [goal, symbol]] = await Promise.all([
        wagmi.readContract(config, { ...vault, functionName: 'balanceOf', args: [donor] }),
        wagmi.readContracts(config, {
          allowFailure: false,
          contracts: [
            { ...vault, functionName: 'goal' },
            { ...vault, functionName: 'symbol' },
          ],
        }),
      ]);
      assert.deepEqual([shares, goal, symbol], [700n, 6_000n, 'SHARE']);
    });

    test('decodes custom errors', async () => {
      const args = [6_000n, donor, zeroHash];
      const tooMuch = { ...vault, functionName: 'contribute', args };
      const expected = { errorName: 'ExceedsNeed', args: [6_000n, 5_300n] };
      assert.deepEqual(await revertOf(wagmi.simulateContract(config, tooMuch)), expected);
      // The node sends it, as anvil does; wagmi calls it again to learn why it failed.
      const hash = await wagmi.writeContract(config, tooMuch);
      await assert.rejects(wagmi.waitForTransactionReceipt(config, { hash }), /revert/);
    });

    test('deploys a contract', async () => {
      const { abi, bytecode } = coin();
      const receipt = await settled(
        wagmi.deployContract(config, { abi, bytecode, args: [1_000n] }),
      );
      const address = receipt.contractAddress;
      assert.ok((await wagmi.getBytecode(config, { address })).length > 2);
      const held = { address, abi, functionName: 'balanceOf', args: [donor] };
      assert.equal(await wagmi.readContract(config, held), 1_000n);
    });

    test('is told of blocks and of events', async () => {
      const heard = [];
      const events = new Promise((done, onError) =>
        heard.push(
          wagmi.watchContractEvent(config, {
            ...currency,
            eventName: 'Approval',
            onLogs: done,
            onError,
          }),
        ),
      );
      const blocks = new Promise((done, onError) =>
        heard.push(wagmi.watchBlockNumber(config, { onBlockNumber: done, onError })),
      );
      let isHeard = false;
      events.finally(() => (isHeard = true));
      // A watcher is set up in the background: what it is told of may be any approval after that.
      while (!isHeard) await write(currency, 'approve', [vault.address, 1n]);
      const [log] = await events;
      assert.equal(log.args.owner.toLowerCase(), donor.toLowerCase());
      assert.ok((await blocks) > 0n);
      for (const stop of heard) stop();
    });

    test('signs, proves, reads storage and logs, and makes access lists', async () => {
      const message = 'hello';
      const signature = await wagmi.signMessage(config, { message });
      assert.ok(await wagmi.verifyMessage(config, { address: donor, message, signature }));
      const { address } = vault;
      const proof = await wagmi.getProof(config, { address, storageKeys: [zeroHash] });
      const slot = await wagmi.getStorageAt(config, { address, slot: '0x0' });
      assert.equal(proof.storageProof[0].value, BigInt(slot));
      const data = encodeFunctionData({ ...currency, functionName: 'balanceOf', args: [donor] });
      const called = await wagmi.call(config, { to: currency.address, data });
      assert.equal(BigInt(called.data), 9_300n);
      const client = wagmi.getPublicClient(config);
      const logs = await client.getLogs({
        address: currency.address,
        events: parseAbi(['event Transfer(address indexed, address indexed, uint256)']),
        fromBlock: 0n,
      });
      assert.ok(logs.length >= 4);
      const list = await client.createAccessList({ account: donor, to: currency.address, data });
      assert.ok(list.gasUsed > 21_000n);
    });

    test('sends what the wallet fills in, and leaves', async () => {
      const to = mission.teacher.address;
      const { value: before } = await wagmi.getBalance(config, { address: to });
      await settled(wagmi.sendTransaction(config, { to, value: 5n }));
      assert.equal((await wagmi.getBalance(config, { address: to })).value, before + 5n);
      await wagmi.disconnect(config);
      assert.equal(wagmi.getConnection(config).status, 'disconnected');
    });
  });
