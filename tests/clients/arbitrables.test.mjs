// Contracts of bytecode before the native Arbitrator (ERC-792): one that behaves, and those that
// refuse, burn, shout or call back when they are told their ruling. Every case comes to its end,
// and every juror to his fee.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { getAddress, keccak256, parseEventLogs, toHex, zeroAddress } from 'viem';

import { abiOf } from './support/mission.mjs';
import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { compileAll } from './support/solidity.mjs';
import { Person, pass } from './support/wallet.mjs';

const fee = 1_000n;
const stake = 70_001n;
const solved = 2;

group('arbitrables of bytecode', { skip: noPlume }, () => {
  let node, founder, one, other, jurors, contracts, court, panel;

  before(async () => {
    contracts = compileAll('Arbitrables');
    node = await startPlume();
    [founder, one, other, ...jurors] = [0, 1, 2, 3, 4, 5].map(
      (index) => new Person(node, testAccount(index)),
    );
    court = { address: node.contracts.arbitrator, abi: await abiOf('Arbitrator') };
    const terms = {
      name: 'three of a village',
      currency: zeroAddress,
      fee,
      quorum: 2,
      commitSeconds: 60n,
      revealSeconds: 60n,
      appealSeconds: 0n,
      appealPanel: 0n,
      jurors: jurors.map(({ address }) => address),
    };
    const made = await founder.send(court, 'createPanel', [terms]);
    panel = parseEventLogs({ ...court, logs: made.logs, eventName: 'PanelCreated' })[0].args.panel;
  });
  after(() => node?.stop());

  const told = (receipt, eventName) =>
    parseEventLogs({ ...court, logs: receipt.logs, eventName }).map(({ args }) => args);

  /** A wager of this kind about which the two disagree before the panel; with its dispute's id. */
  async function disputed(name) {
    const { abi, bytecode } = contracts[name];
    const hash = await founder.writer.deployContract({
      abi,
      bytecode,
      args: [court.address, panel, one.address, other.address],
      value: stake,
    });
    const { contractAddress } = await founder.settled(hash);
    const wager = { address: getAddress(contractAddress), abi };
    await other.send(wager, 'dispute', [], { value: 3n * fee });
    return { ...wager, id: await founder.read(wager, 'disputeID') };
  }

  /** All jurors vote so, or those who have an opinion: undefined is silence. */
  async function vote({ id }, rulings) {
    const salt = keccak256(toHex('a secret'));
    const voters = jurors.map((juror, i) => [juror, rulings[i]]).filter(([, r]) => r !== undefined);
    for (const [juror, ruling] of voters) {
      const args = [id, juror.address, ruling, salt];
      await juror.send(court, 'commit', [id, await juror.read(court, 'commitment', args)]);
    }
    if (voters.length < jurors.length) await pass(node, 61);
    for (const [juror, ruling] of voters) await juror.send(court, 'reveal', [id, ruling, salt]);
    await pass(node, 61);
  }

  const execute = ({ id }) => founder.send(court, 'executeRuling', [id]);
  const stateOf = async ({ id }) => {
    const [arbitrable, , stage, , delivered] = await founder.read(court, 'dispute', [id]);
    return { arbitrable, stage, delivered };
  };
  /** The jurors who voted for the ruling share the fees, whatever the arbitrable did. */
  async function paysJurors({ id }, winners) {
    const before = await founder.read(court, 'due', [zeroAddress, winners[0].address]);
    for (const juror of winners) await founder.send(court, 'collectFee', [id, 0n, juror.address]);
    const after = await founder.read(court, 'due', [zeroAddress, winners[0].address]);
    assert.equal(after - before, (3n * fee) / BigInt(winners.length));
    await winners[0].send(court, 'withdraw', [zeroAddress, winners[0].address]);
  }

  test('a ruling settles a wager, once', async () => {
    const wager = await disputed('Wager');
    assert.equal((await stateOf(wager)).arbitrable, wager.address);
    await vote(wager, [2n, 2n, 1n]);
    const receipt = await execute(wager);
    assert.deepEqual(told(receipt, 'Ruling'), [
      { arbitrable: wager.address, disputeID: wager.id, ruling: 2n },
    ]);
    assert.equal((await stateOf(wager)).delivered, true);
    assert.equal(await founder.read(wager, 'due', [other.address]), stake);
    const again = await founder.refusal(court, 'executeRuling', [wager.id]);
    assert.deepEqual(again, { errorName: 'AlreadyDelivered', args: [wager.id] });
    await paysJurors(wager, jurors.slice(0, 2));
    await other.send(wager, 'withdraw');
    assert.equal(await founder.reader.getBalance(wager), 0n);
  });

  test('silence settles it too, and the arbitrable has its fee back', async () => {
    const wager = await disputed('Wager');
    await vote(wager, [1n]);
    await pass(node, 61);
    await execute(wager);
    assert.equal(await founder.read(wager, 'due', [one.address]), stake / 2n);
    assert.equal(await founder.read(wager, 'due', [other.address]), stake - stake / 2n);
    await founder.send(wager, 'fetchFee');
    assert.equal(await founder.reader.getBalance(wager), stake + 3n * fee);
    await founder.send(wager, 'fetchFee');
    assert.equal(await founder.reader.getBalance(wager), stake + 3n * fee, 'not twice');
  });

  for (const name of ['Stubborn', 'Burner', 'Shouter'])
    test(`${name} keeps no case open and no juror from his fee`, async () => {
      const wager = await disputed(name);
      await vote(wager, [1n, 1n, 1n]);
      const receipt = await execute(wager);
      assert.deepEqual(told(receipt, 'RulingUndelivered'), [
        { arbitrable: wager.address, disputeID: wager.id },
      ]);
      assert.ok(receipt.gasUsed < 1_300_000n, `${receipt.gasUsed} gas`);
      assert.equal(await founder.read(court, 'currentRuling', [wager.id]), 1n);
      assert.equal(await founder.read(court, 'disputeStatus', [wager.id]), solved);
      assert.equal((await stateOf(wager)).delivered, false);
      await paysJurors(wager, jurors);
      if (name !== 'Stubborn') return;
      await founder.send(wager, 'relent');
      const again = await execute(wager);
      assert.deepEqual(told(again, 'Ruling'), [], 'the ruling is what it was');
      assert.equal((await stateOf(wager)).delivered, true);
      assert.equal(await founder.read(wager, 'due', [one.address]), stake);
    });

  test('whoever calls back is refused, and ruled', async () => {
    const wager = await disputed('Meddler');
    await vote(wager, [1n, 1n, 1n]);
    await execute(wager);
    assert.equal(await founder.read(wager, 'tried'), true);
    assert.equal(await founder.read(wager, 'got'), false);
    assert.equal((await stateOf(wager)).delivered, true);
    assert.equal(await founder.read(wager, 'due', [one.address]), stake);
    await paysJurors(wager, jurors);
  });
});
