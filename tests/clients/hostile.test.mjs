// A native vault whose currency is an ERC-20 of the worst kind, one contract for each. Whatever the
// currency does, the books are exact, a refusal says why, and nobody's way out depends on another's.
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

group('a vault and a hostile currency', { skip: noPlume }, () => {
  let node, founder, teacher, second, donor, other, contracts, record, vaultAbi;

  before(async () => {
    contracts = compileAll('Hostile');
    node = await startPlume();
    [founder, teacher, second, donor, other] = [0, 1, 2, 3, 4].map(
      (index) => new Person(node, testAccount(index)),
    );
    record = await attest(node, founder.account, 'a mission with a strange currency');
    vaultAbi = await abiOf('Vault');
  });
  after(() => node?.stop());

  const always = async () => ({
    target: node.contracts.conditions,
    data: encodeFunctionData({
      abi: await abiOf('Conditions'),
      functionName: 'after_',
      args: [1n],
    }),
  });

  /**
   * A vault in the currency: tranche 0 pays 200 to the teacher and 100 to the second, tranche 1 pays
   * 700 to the teacher. Two donors may give 250 and 750.
   */
  async function found(name) {
    const currency = await founder.deploy(contracts[name]);
    const { timestamp } = await founder.reader.getBlock();
    const condition = await always();
    const plan = [
      [
        [teacher, 200n],
        [second, 100n],
      ],
      [[teacher, 700n]],
    ].map((payees) => ({
      amount: payees.reduce((sum, [, amount]) => sum + amount, 0n),
      payees: payees.map(([{ address }, amount]) => ({ to: address, amount })),
      opensAt: 0n,
      deadline: timestamp + 20n * day,
      challenge: 0,
      criteria: zeroHash,
      release: condition,
      cancel: { target: zeroAddress, data: '0x' },
    }));
    const terms = {
      name: 'Mission share',
      symbol: 'SHARE',
      asset: currency.address,
      record,
      purpose: zeroHash,
      steward: founder.address,
      fundingDeadline: timestamp + 10n * day,
    };
    const address = await launch(node, founder.account, 'Vault.Milestone', 'Vault', [
      terms,
      plan,
      true,
    ]);
    const vault = { address, abi: vaultAbi };
    for (const giver of [donor, other]) {
      await founder.send(currency, 'mint', [giver.address, 1_000n]);
      await giver.send(currency, 'approve', [vault.address, 1_000n]);
    }
    return { currency, vault };
  }

  const contribution = (amount, giver) => ['contribute', [amount, giver.address, zeroHash]];
  async function fund({ vault }) {
    await donor.send(vault, ...contribution(250n, donor));
    await other.send(vault, ...contribution(750n, other));
  }
  const turn = ({ currency }, bad = true) => founder.send(currency, 'turn', [bad]);
  const money = ({ currency }, { address }) => founder.read(currency, 'balanceOf', [address]);

  /** The books of the vault, which must agree with each other. */
  async function books({ vault }) {
    const names = ['raised', 'held', 'paid', 'owed', 'withdrawn', 'returned'];
    const values = await Promise.all(names.map((name) => founder.read(vault, name)));
    const all = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    assert.equal(all.raised, all.paid + all.owed + all.withdrawn + all.held);
    return all;
  }
  /** After `change`, the books and the vault's money are as before. */
  async function unmoved(mission, change) {
    const before = [await books(mission), await money(mission, mission.vault)];
    await change();
    assert.deepEqual([await books(mission), await money(mission, mission.vault)], before);
  }
  /** How the vault answered each call of a currency that reenters: a number, or a selector. */
  const heard = async ({ currency }) =>
    (await founder.read(currency, 'heard')).map(({ success, reason, number }) =>
      success ? number : reason,
    );
  const failed = ({ currency }) => ({
    errorName: 'SafeERC20FailedOperation',
    args: [currency.address],
  });

  /** What is not delivered is not booked, and the refusal is the one given. */
  const refusesContributions = (mission, refusal, options) =>
    unmoved(mission, async () => {
      const call = contribution(250n, donor);
      assert.deepEqual(await donor.refusal(mission.vault, ...call, options), refusal);
      const { abi, address } = mission.vault;
      const hash = await donor.writer.writeContract({
        abi,
        address,
        functionName: call[0],
        args: call[1],
        gas: 2_000_000n,
      });
      const receipt = await donor.reader.waitForTransactionReceipt({ hash });
      assert.equal(receipt.status, 'reverted');
    });

  /** Both payees wait for what the currency refuses; it is theirs as soon as it does not. */
  async function owesWhatIsRefused(mission, refusal = failed(mission)) {
    await founder.send(mission.vault, 'release', [0n], { gas: 3_000_000n });
    assert.deepEqual(await books(mission), {
      raised: goal,
      held: 700n,
      paid: 0n,
      owed: 300n,
      withdrawn: 0n,
      returned: 0n,
    });
    const refused = await founder.refusal(mission.vault, 'collect', [teacher.address]);
    assert.deepEqual(refused, refusal);
    await turn(mission, false);
    for (const { address } of [teacher, second])
      await founder.send(mission.vault, 'collect', [address]);
    assert.equal(await money(mission, teacher), 200n);
    assert.equal(await money(mission, second), 100n);
    assert.equal((await books(mission)).paid, 300n);
  }

  /** Past all deadlines anyone gives tranche 1 back, and the donors get their parts. */
  async function windsUp(mission, id = 1n) {
    await pass(node, Number(21n * day));
    await second.send(mission.vault, 'reclaim', [id]);
    const { returned } = await books(mission);
    await turn(mission, false);
    for (const holder of [donor, other])
      await second.send(mission.vault, 'withdrawReturned', [holder.address]);
    const { withdrawn } = await books(mission);
    assert.equal(withdrawn, returned);
  }

  test('an honest one is paid and returned to the unit', async () => {
    const mission = await found('Honest');
    await fund(mission);
    await founder.send(mission.vault, 'release', [0n]);
    await windsUp(mission);
    assert.equal(await money(mission, donor), 750n + 175n);
    assert.equal(await money(mission, other), 250n + 525n);
    assert.equal(await money(mission, mission.vault), 0n);
  });

  const calls = (...texts) =>
    texts.map(([functionName, args = []]) =>
      encodeFunctionData({ abi: vaultAbi, functionName, args }),
    );
  const arm = (mission, ...texts) =>
    founder.send(mission.currency, 'arm', [mission.vault.address, calls(...texts)]);

  test('one that reenters finds every method that writes closed', async () => {
    const mission = await found('Reentrant');
    await turn(mission);
    const writes = [
      contribution(1n, donor),
      ['release', [0n]],
      ['reclaim', [1n]],
      ['collect', [teacher.address]],
      ['withdrawReturned', [donor.address]],
      ['withdrawFunds'],
      ['transfer', [donor.address, 0n]],
      ['approve', [donor.address, 1n]],
      ['fail'],
    ];
    await arm(mission, ...writes);
    await fund(mission);
    // A contribution is one transfer; the currency strikes before it and after.
    assert.deepEqual(await heard(mission), Array(2 * 2 * writes.length).fill(guard));

    await arm(mission, ['release', [1n]], contribution(1n, donor));
    await founder.send(mission.vault, 'release', [0n], { gas: 5_000_000n });
    assert.deepEqual(await heard(mission), Array(2 * 2 * 2).fill(guard), 'two payees, two calls');
    assert.equal((await books(mission)).paid, 300n);

    await arm(mission, ['withdrawReturned', [donor.address]]);
    await pass(node, Number(21n * day));
    await second.send(mission.vault, 'reclaim', [1n]);
    await second.send(mission.vault, 'withdrawReturned', [donor.address], { gas: 5_000_000n });
    assert.deepEqual(await heard(mission), [guard, guard]);
    assert.equal(await money(mission, donor), 750n + 175n);
  });

  test('one that reenters to look sees before or after, never between', async () => {
    const mission = await found('Reentrant');
    await turn(mission);
    await arm(mission, ['raised'], ['held'], ['phase'], ['totalSupply']);
    await donor.send(mission.vault, ...contribution(250n, donor));
    const untouched = [0n, 0n, 1n, 0n];
    assert.deepEqual(await heard(mission), [...untouched, ...untouched]);
    await other.send(mission.vault, ...contribution(750n, other));
    await arm(mission, ['held'], ['paid']);
    await founder.send(mission.vault, 'release', [0n], { gas: 5_000_000n });
    assert.deepEqual(await heard(mission), Array(2 * 2 * 2).fill(guard), 'it is being paid out');
    assert.equal((await books(mission)).paid, 300n);
  });

  test('one that lies about balances brings nothing in', async () => {
    const mission = await found('LiesAboutBalances');
    await turn(mission);
    await refusesContributions(mission, { errorName: 'AssetsNotReceived', args: [0n, 250n] });
    await turn(mission, false);
    await fund(mission);
    await turn(mission);
    await founder.send(mission.vault, 'release', [0n]);
    assert.equal((await books(mission)).paid, 300n);
    await windsUp(mission);
    assert.equal(await money(mission, mission.vault), 0n);
  });

  test('one that says false has refused', async () => {
    const mission = await found('SaysFalse');
    await turn(mission);
    await refusesContributions(mission, failed(mission));
    await turn(mission, false);
    await fund(mission);
    await turn(mission);
    await owesWhatIsRefused(mission);
  });

  test('one that says true and moves nothing brings nothing in', async () => {
    const mission = await found('MovesNothing');
    await turn(mission);
    await refusesContributions(mission, { errorName: 'AssetsNotReceived', args: [0n, 250n] });
  });

  test('one that returns nothing is understood', async () => {
    const mission = await found('ReturnsNothing');
    await fund(mission);
    await founder.send(mission.vault, 'release', [0n]);
    assert.equal(await money(mission, teacher), 200n);
    await windsUp(mission);
    assert.equal(await money(mission, mission.vault), 0n);
  });

  test('one that takes a fee is refused, and its fee on the way out is the payee’s', async () => {
    const mission = await found('TakesFee');
    await turn(mission);
    await refusesContributions(mission, { errorName: 'AssetsNotReceived', args: [248n, 250n] });
    await turn(mission, false);
    await fund(mission);
    await turn(mission);
    await founder.send(mission.vault, 'release', [0n]);
    assert.equal((await books(mission)).paid, 300n);
    assert.equal(await money(mission, teacher), 198n);
    assert.equal(await money(mission, mission.vault), 700n);
  });

  test('one that burns all gas stops nobody but itself', async () => {
    const mission = await found('BurnsGas');
    await turn(mission);
    await refusesContributions(mission, failed(mission), { gas: 2_000_000n });
    await turn(mission, false);
    await fund(mission);
    await turn(mission);
    await owesWhatIsRefused(mission);
    await turn(mission);
    await windsUp(mission);
  });

  test('one that reverts with a megabyte has refused', async () => {
    const mission = await found('ReturnsMuch');
    await founder.send(mission.currency, 'turnToRevert', [true]);
    await fund(mission);
    await turn(mission);
    await owesWhatIsRefused(mission);
  });

  test('one that returns a megabyte is too dear for a payment, and good for who pays', async () => {
    const mission = await found('ReturnsMuch');
    await fund(mission);
    await turn(mission);
    await founder.send(mission.vault, 'release', [0n], { gas: 3_000_000n });
    assert.equal((await books(mission)).owed, 300n);
    await founder.send(mission.vault, 'collect', [teacher.address]);
    assert.equal(await money(mission, teacher), 200n);
    await turn(mission, false);
    await founder.send(mission.vault, 'collect', [second.address]);
    assert.equal((await books(mission)).paid, 300n);
    assert.equal(await money(mission, mission.vault), 700n);
  });

  test('one that blacklists a payee makes that one wait, and no other', async () => {
    const mission = await found('Blacklists');
    await fund(mission);
    for (const person of [teacher, donor])
      await founder.send(mission.currency, 'block_', [person.address, true]);
    await founder.send(mission.vault, 'release', [0n]);
    assert.equal(await money(mission, second), 100n);
    assert.equal((await books(mission)).owed, 200n);
    assert.deepEqual(
      await founder.refusal(mission.vault, 'collect', [teacher.address]),
      failed(mission),
    );
    await pass(node, Number(21n * day));
    await second.send(mission.vault, 'reclaim', [1n]);
    await second.send(mission.vault, 'withdrawReturned', [other.address]);
    assert.equal(await money(mission, other), 250n + 525n);
    const stuck = await second.refusal(mission.vault, 'withdrawReturned', [donor.address]);
    assert.deepEqual(stuck, failed(mission));
    await founder.send(mission.currency, 'block_', [donor.address, false]);
    await second.send(mission.vault, 'withdrawReturned', [donor.address]);
    assert.equal(await money(mission, donor), 750n + 175n);
    assert.equal(await money(mission, mission.vault), 200n, 'what the teacher is owed');
  });

  test('one that rebases changes no book, and pays out as long as it has', async () => {
    const mission = await found('Rebases');
    await fund(mission);
    const rebase = (amount) =>
      founder.send(mission.currency, 'rebase', [mission.vault.address, amount]);
    await rebase(5_000n);
    const grown = await books(mission);
    assert.equal(grown.held, goal);
    await rebase(900n);
    await founder.send(mission.vault, 'release', [0n]);
    assert.equal((await books(mission)).paid, 300n);
    await pass(node, Number(21n * day));
    await second.send(mission.vault, 'reclaim', [1n]);
    await second.send(mission.vault, 'withdrawReturned', [other.address]);
    assert.equal(await money(mission, other), 250n + 525n);
    const short = await second.refusal(mission.vault, 'withdrawReturned', [donor.address]);
    assert.deepEqual(short, failed(mission));
    await rebase(175n);
    await second.send(mission.vault, 'withdrawReturned', [donor.address]);
    assert.equal(await money(mission, donor), 750n + 175n);
  });
});
