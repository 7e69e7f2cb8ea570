// Foundry's cast against `plume dev`.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { parseEventLogs, zeroHash } from 'viem';

import { abiOf, foundMission } from './support/mission.mjs';
import { cast, noPlume, startPlume } from './support/node.mjs';

group('cast', { skip: noPlume }, () => {
  let node, mission, donor;

  before(async () => {
    node = await startPlume();
    mission = await foundMission(node);
    donor = node.accounts[2];
  });
  after(() => node?.stop());

  const ask = (...args) => cast(...args, '--rpc-url', node.rpc);
  const send = async (...args) =>
    JSON.parse(await ask('send', ...args, '--private-key', donor.key, '--json'));
  const contribute = 'contribute(uint256,address,bytes32)';

  test('knows the chain', async () => {
    assert.equal(await ask('chain-id'), `${node.chainId}`);
    assert.match(await ask('client'), /plume/i);
    const block = JSON.parse(await ask('block', 'latest', '--json'));
    assert.equal(BigInt(block.number), BigInt(await ask('block-number')));
    assert.ok(BigInt(await ask('gas-price')) > 0n);
    assert.ok(BigInt(await ask('balance', donor.address)) > 0n);
    assert.match(await ask('code', mission.vault), /^0xef50/);
  });

  test('reads the vault', async () => {
    assert.equal(await ask('call', mission.vault, 'name()(string)'), '"Mission share"');
    assert.equal(await ask('call', mission.vault, 'goal()(uint256)'), '6000');
    assert.equal(await ask('call', mission.vault, 'asset()(address)'), mission.currency);
  });

  test('sends a contribution and reads its receipt', async () => {
    const approval = await send(mission.currency, 'approve(address,uint256)', mission.vault, '900');
    assert.equal(approval.status, '0x1');
    const args = [mission.vault, contribute, '900', donor.address, zeroHash];
    const estimate = BigInt(await ask('estimate', ...args, '--from', donor.address));
    const receipt = await send(...args);
    assert.equal(receipt.status, '0x1');
    assert.ok(BigInt(receipt.gasUsed) <= estimate);
    const logs = parseEventLogs({
      abi: await abiOf('Vault'),
      logs: receipt.logs,
      eventName: 'Contributed',
    });
    assert.equal(logs[0].args.shares, 900n);

    const again = JSON.parse(await ask('receipt', receipt.transactionHash, '--json'));
    assert.deepEqual(again.logs, receipt.logs);
    const sent = JSON.parse(await ask('tx', receipt.transactionHash, '--json'));
    assert.equal(sent.blockHash, receipt.blockHash);
    const signature =
      'Contributed(address indexed,address indexed,uint256,uint256,bytes32 indexed)';
    const found = await ask(
      'logs',
      '--from-block',
      '0',
      '--address',
      mission.vault,
      '--json',
      signature,
    );
    assert.equal(JSON.parse(found).length, 1);
  });

  test('sends a legacy transaction', async () => {
    const receipt = await send(node.accounts[6].address, '--value', '7', '--legacy');
    assert.equal(receipt.type, '0x0');
    assert.equal(receipt.status, '0x1');
  });

  test('tells the reason of a refusal', async () => {
    const args = [mission.vault, contribute, '100000', donor.address, zeroHash];
    const failure = await ask('call', ...args, '--from', donor.address).catch((e) => e);
    const [data] = /0x[0-9a-f]{8,}/.exec(failure.stderr);
    const decoded = await cast('decode-error', '--sig', 'ExceedsNeed(uint256,uint256)', data);
    assert.deepEqual(decoded.split('\n'), ['100000 [1e5]', '5100']);
  });
});
