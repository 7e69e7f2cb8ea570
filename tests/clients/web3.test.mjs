// web3.js 4 against `plume dev`, over HTTP and over a WebSocket: nothing here knows that the
// contracts are native.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { Web3 } from 'web3';

import { abiOf, foundMission } from './support/mission.mjs';
import { noPlume, startPlume } from './support/node.mjs';
import { compile } from './support/solidity.mjs';

const zeroHash = `0x${'0'.repeat(64)}`;

let compiled;
/** A token in Solidity, compiled once. */
const coin = () => (compiled ??= compile('Coin'));

/** A promise for the first thing an emitter tells under this name; an error ends it. */
const told = (emitter, name) =>
  new Promise((done, fail) => {
    emitter.on(name, done);
    emitter.on('error', fail);
  });

/** What the node said of a refusal, below what web3.js says. */
function causeOf(error) {
  while (error.data === undefined && error.cause) error = error.cause;
  return error;
}
const refusal = async (call) =>
  call.then(
    () => assert.fail('the call should have been refused'),
    (error) => error,
  );

for (const way of ['HTTP', 'WebSocket'])
  group(`web3.js over ${way}`, { skip: noPlume }, () => {
    let node, mission, web3, donor, vault, currency;

    before(async () => {
      node = await startPlume();
      mission = await foundMission(node);
      web3 = new Web3(way === 'HTTP' ? node.rpc : node.rpc.replace('http:', 'ws:'));
      web3.transactionPollingInterval = 20;
      donor = node.accounts[2].address;
      web3.eth.accounts.wallet.add(node.accounts[2].key);
      vault = new web3.eth.Contract(await abiOf('Vault'), mission.vault);
      currency = new web3.eth.Contract(await abiOf('AssetToken'), mission.currency);
    });
    after(async () => {
      if (way === 'WebSocket') web3?.currentProvider.disconnect();
      await node?.stop();
    });
    const send = (method, options = {}) => method.send({ from: donor, ...options });

    test('knows the chain', async () => {
      assert.equal(await web3.eth.getChainId(), BigInt(node.chainId));
      assert.equal(await web3.eth.net.getId(), BigInt(node.chainId));
      assert.equal(await web3.eth.net.isListening(), true);
      assert.equal(await web3.eth.isSyncing(), false);
      assert.match(await web3.eth.getNodeInfo(), /plume\//);
      assert.equal((await web3.eth.getAccounts()).length, 10);
      const block = await web3.eth.getBlock('latest', true);
      assert.equal(block.number, await web3.eth.getBlockNumber());
      assert.equal((await web3.eth.getBlock(block.hash)).hash, block.hash);
      assert.equal(await web3.eth.getBlockUncleCount(block.hash), 0n);
      assert.equal(await web3.eth.getBlockTransactionCount(block.hash), 1n);
      assert.notEqual(await web3.eth.getCode(mission.vault), '0x');
    });

    test('knows what gas costs', async () => {
      const fees = await web3.eth.calculateFeeData();
      assert.ok(fees.maxFeePerGas > fees.baseFeePerGas);
      assert.ok((await web3.eth.getGasPrice()) > 0n);
      const history = await web3.eth.getFeeHistory(4n, 'latest', [20, 50]);
      assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
      assert.equal(history.reward[0].length, 2);
      const to = mission.teacher.address;
      const gas = await web3.eth.estimateGas({ from: donor, to, value: 1n });
      assert.equal(gas, 21_000n);
      const list = await web3.eth.createAccessList({
        from: donor,
        to: mission.currency,
        data: currency.methods.balanceOf(donor).encodeABI(),
      });
      assert.ok(list.gasUsed > 21_000n);
    });

    test('contributes to a native vault and finds what happened', async () => {
      await send(currency.methods.approve(mission.vault, 700n));
      const ref = web3.utils.keccak256('a gift');
      assert.equal(await vault.methods.contribute(700n, donor, ref).call({ from: donor }), 700n);
      const receipt = await send(vault.methods.contribute(700n, donor, ref));
      const { returnValues } = receipt.events.Contributed;
      assert.equal(returnValues.assets, 700n);
      assert.equal(returnValues.ref, ref);
      assert.equal(await vault.methods.balanceOf(donor).call(), 700n);
      assert.equal(await currency.methods.balanceOf(mission.vault).call(), 700n);
      const [past] = await vault.getPastEvents('Contributed', {
        filter: { receiver: donor },
        fromBlock: 0n,
      });
      assert.equal(past.transactionHash, receipt.transactionHash);
      const { from } = await web3.eth.getTransaction(receipt.transactionHash);
      assert.equal(from.toLowerCase(), donor.toLowerCase());
      assert.ok((await vault.getPastEvents('allEvents', { fromBlock: 0n })).length > 1);
    });

    test('decodes custom errors of calls, estimates and transactions', async () => {
      const tooMuch = vault.methods.contribute(6_000n, donor, zeroHash);
      const called = causeOf(await refusal(tooMuch.call({ from: donor })));
      assert.equal(called.errorName, 'ExceedsNeed');
      assert.deepEqual([called.errorArgs.assets, called.errorArgs.left], [6_000n, 5_300n]);
      const estimated = causeOf(await refusal(tooMuch.estimateGas({ from: donor })));
      assert.equal(estimated.data, called.data);
      const sent = await refusal(send(tooMuch, { gas: 500_000n }));
      assert.equal(sent.receipt.status, 0n);
    });

    test('deploys a contract, calls it and hears what it says', async () => {
      const { abi, bytecode } = coin();
      const deploy = new web3.eth.Contract(abi).deploy({ data: bytecode, arguments: [1_000n] });
      const token = await send(deploy, { gas: await deploy.estimateGas({ from: donor }) });
      assert.equal(await token.methods.balanceOf(donor).call(), 1_000n);
      const receipt = await send(token.methods.transfer(mission.vault, 400n));
      assert.equal(receipt.events.Transfer.returnValues.value, 400n);
      const refused = causeOf(
        await refusal(token.methods.transfer(mission.vault, 601n).call({ from: donor })),
      );
      assert.equal(refused.errorName, 'ERC20InsufficientBalance');
      assert.equal(refused.errorArgs.needed, 601n);
    });

    test('reads proofs, storage and balances as of a block', async () => {
      const before = await web3.eth.getBlockNumber();
      const balance = await web3.eth.getBalance(donor);
      await web3.eth.sendTransaction({ from: donor, to: mission.teacher.address, value: 5n });
      assert.equal(await web3.eth.getBalance(donor, before), balance);
      assert.notEqual(await web3.eth.getBalance(donor), balance);
      const slots = [`0x${'0'.repeat(64)}`];
      const proof = await web3.eth.getProof(mission.vault, slots, 'latest');
      assert.ok(proof.accountProof.length > 0);
      const slot = await web3.eth.getStorageAt(mission.vault, 0);
      assert.equal(BigInt(proof.storageProof[0].value), BigInt(slot));
    });

    test('signs messages and typed data with an account of the node', async () => {
      const [owner] = await web3.eth.getAccounts();
      const signed = await web3.eth.sign(web3.utils.utf8ToHex('hello'), owner);
      const { signature = signed } = signed;
      assert.equal(web3.eth.accounts.recover('hello', signature), owner);
    });

    test('asks many things in one batch', async () => {
      const batch = new web3.BatchRequest();
      const asked = [
        batch.add({ method: 'eth_blockNumber', params: [] }),
        batch.add({ method: 'eth_getBalance', params: [donor, 'latest'] }),
        batch.add({ method: 'eth_nothing', params: [] }).catch((error) => error),
      ];
      await batch.execute().catch(() => {});
      const [number, balance, unknown] = await Promise.all(asked);
      assert.equal(BigInt(number), await web3.eth.getBlockNumber());
      assert.equal(BigInt(balance), await web3.eth.getBalance(donor));
      assert.equal(unknown.code, -32601);
    });

    if (way === 'WebSocket')
      test('is told of heads, logs and transactions on their way', async () => {
        const heads = await web3.eth.subscribe('newBlockHeaders');
        const logs = await web3.eth.subscribe('logs', { address: mission.currency });
        const pending = await web3.eth.subscribe('pendingTransactions');
        const events = vault.events.Contributed({ filter: { receiver: donor } });
        await told(events, 'connected');
        const heard = [heads, logs, pending, events].map((emitter) => told(emitter, 'data'));
        await send(currency.methods.approve(mission.vault, 10n));
        const receipt = await send(vault.methods.contribute(10n, donor, zeroHash));
        const [head, log, hash, event] = await Promise.all(heard);
        assert.ok(head.number <= receipt.blockNumber);
        assert.equal(log.address.toLowerCase(), mission.currency.toLowerCase());
        assert.match(hash, /^0x[0-9a-f]{64}$/);
        assert.equal(event.transactionHash, receipt.transactionHash);
        assert.equal(event.returnValues.assets, 10n);
        for (const subscription of [heads, logs, pending]) await subscription.unsubscribe();
      });
  });
