// An escrow whose currency is an ERC-20 of the worst kind. What is decided is decided: no release,
// refund or split asks the currency, and who cannot be paid keeps what is his until he can.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { encodeFunctionData, toFunctionSelector, zeroAddress, zeroHash } from 'viem';

import { abiOf, attest, launch } from './support/mission.mjs';
import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { compileAll } from './support/solidity.mjs';
import { Person, pass } from './support/wallet.mjs';

const day = 86_400n;
const goal = 1_000n;
const guard = toFunctionSelector('ReentrancyGuardReentrantCall()');

group('an escrow and a hostile currency', { skip: noPlume }, () => {
  let node, founder, payer, payee, anyone, contracts, record, abi;

  before(async () => {
    contracts = compileAll('Hostile');
    node = await startPlume();
    [founder, payer, payee, anyone] = [0, 1, 2, 3].map(
      (index) => new Person(node, testAccount(index)),
    );
    record = await attest(node, founder.account, 'work for a strange currency');
    abi = await abiOf('EscrowVault');
  });
  after(() => node?.stop());

  /** An escrow of tranches of 300 and 700 in the currency, of which the payer has 1,000. */
  async function found(name) {
    const currency = await founder.deploy(contracts[name]);
    const { timestamp } = await founder.reader.getBlock();
    const nothing = { target: zeroAddress, data: '0x' };
    const plan = [300n, 700n].map((amount) => ({
      amount,
      payees: [{ to: payee.address, amount }],
      opensAt: 0n,
      deadline: timestamp + 20n * day,
      challenge: 3_600,
      criteria: zeroHash,
      release: nothing,
      cancel: nothing,
    }));
    const terms = {
      asset: currency.address,
      record,
      payer: payer.address,
      payee: payee.address,
      arbitrator: node.contracts.arbitrator,
      extraData: '0x',
      feeMax: 0n,
      fundingDeadline: timestamp + 10n * day,
      feeSeconds: day,
      rulingSeconds: 2n * day,
      metaEvidence: '',
    };
    const values = [terms, plan];
    const address = await launch(node, founder.account, 'Vault.Escrow', 'EscrowVault', values);
    await founder.send(currency, 'mint', [payer.address, goal]);
    await payer.send(currency, 'approve', [address, goal]);
    return { currency, vault: { address, abi } };
  }

  const planHash = ({ vault }) => founder.read(vault, 'planHash');
  const fund = async (work) => payer.send(work.vault, 'fund', [await planHash(work)]);
  const turn = ({ currency }, bad = true) => founder.send(currency, 'turn', [bad]);
  const money = ({ currency }, { address }) => founder.read(currency, 'balanceOf', [address]);
  const due = ({ vault }, { address }) => founder.read(vault, 'due', [address]);
  const failed = ({ currency }) => ({
    errorName: 'SafeERC20FailedOperation',
    args: [currency.address],
  });

  /** What the payer releases and what the payee gives back is theirs, whatever the currency says. */
  async function decides(work) {
    await payer.send(work.vault, 'release', [0n]);
    await payee.send(work.vault, 'reclaim', [1n]);
    assert.deepEqual([await due(work, payee), await due(work, payer)], [300n, 700n]);
    assert.equal(await founder.read(work.vault, 'escrowed'), 0n);
  }

  /** Each is sent what is his as soon as the currency does what it should. */
  async function paysOut(work) {
    await turn(work, false);
    for (const person of [payee, payer])
      await anyone.send(work.vault, 'withdraw', [person.address]);
    assert.deepEqual([await money(work, payee), await money(work, payer)], [300n, 700n]);
    assert.equal(await money(work, work.vault), 0n);
  }

  test('an honest one is paid and returned to the unit', async () => {
    const work = await found('Honest');
    await fund(work);
    await decides(work);
    await paysOut(work);
  });

  for (const name of ['LiesAboutBalances', 'MovesNothing', 'TakesFee', 'SaysFalse', 'BurnsGas']) {
    test(`${name} funds nothing`, async () => {
      const work = await found(name);
      await turn(work);
      const hash = await planHash(work);
      await payer.refusal(work.vault, 'fund', [hash], { gas: 2_000_000n });
      assert.equal(await founder.read(work.vault, 'phase'), 0);
      assert.equal(await founder.read(work.vault, 'escrowed'), 0n);
    });
  }

  for (const name of ['SaysFalse', 'BurnsGas']) {
    test(`${name} delays whom it does not pay, and no decision`, async () => {
      const work = await found(name);
      await fund(work);
      await turn(work);
      await decides(work);
      const call = ['withdraw', [payee.address], { gas: 2_000_000n }];
      assert.deepEqual(await anyone.refusal(work.vault, ...call), failed(work));
      assert.equal(await due(work, payee), 300n);
      await paysOut(work);
    });
  }

  test('one that blacklists the payee can be told another account, and stops no refund', async () => {
    const work = await found('Blacklists');
    await fund(work);
    await founder.send(work.currency, 'block_', [payee.address, true]);
    await decides(work);
    const refusal = await anyone.refusal(work.vault, 'withdraw', [payee.address]);
    assert.deepEqual(refusal, failed(work));
    await anyone.send(work.vault, 'withdraw', [payer.address]);
    await payee.send(work.vault, 'withdrawTo', [anyone.address]);
    assert.deepEqual([await money(work, payer), await money(work, anyone)], [700n, 300n]);
  });

  test('one that reenters finds every method that writes closed', async () => {
    const work = await found('Reentrant');
    const data = [
      ['fund', [await planHash(work)]],
      ['release', [0n]],
      ['reclaim', [1n]],
      ['claim', [0n, zeroHash]],
      ['withdraw', [payer.address]],
      ['withdrawTo', [payer.address]],
      ['fail', []],
      ['expire', [0n]],
    ].map(([functionName, args]) => encodeFunctionData({ abi, functionName, args }));
    await founder.send(work.currency, 'arm', [work.vault.address, data]);
    await turn(work);
    await fund(work);
    const heard = async () =>
      (await founder.read(work.currency, 'heard')).map(({ success, reason }) => success || reason);
    assert.deepEqual(await heard(), Array(2 * data.length).fill(guard));
    await turn(work, false);
    await decides(work);
    await founder.send(work.currency, 'arm', [work.vault.address, data.slice(0, 3)]);
    await turn(work);
    await anyone.send(work.vault, 'withdraw', [payee.address], { gas: 5_000_000n });
    assert.deepEqual(await heard(), Array(2 * 3).fill(guard));
    assert.equal(await money(work, payee), 300n);
  });

  test('one that rebases changes no book, and pays out as long as it has', async () => {
    const work = await found('Rebases');
    await fund(work);
    const rebase = (amount) =>
      founder.send(work.currency, 'rebase', [work.vault.address, amount]);
    await rebase(5_000n);
    assert.equal(await founder.read(work.vault, 'escrowed'), goal);
    await rebase(400n);
    await decides(work);
    await anyone.send(work.vault, 'withdraw', [payee.address]);
    const short = await anyone.refusal(work.vault, 'withdraw', [payer.address]);
    assert.deepEqual(short, failed(work));
    await rebase(700n);
    await anyone.send(work.vault, 'withdraw', [payer.address]);
    assert.deepEqual([await money(work, payee), await money(work, payer)], [300n, 700n]);
  });

  test('silence ends it whatever the currency does', async () => {
    const work = await found('BurnsGas');
    await fund(work);
    await turn(work);
    await pass(node, Number(21n * day));
    for (const id of [0n, 1n]) await anyone.send(work.vault, 'reclaim', [id]);
    assert.equal(await due(work, payer), goal);
    assert.equal(await founder.read(work.vault, 'phase'), 2);
  });
});
