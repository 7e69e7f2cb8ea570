// The SDK of the Ethereum Attestation Service, as npm has it, against the native contract.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe as group, test } from 'node:test';

import { JsonRpcProvider, Wallet, ZeroAddress, ZeroHash, id } from 'ethers';
import { solidityPackedKeccak256 } from 'ethers';

import { noPlume, startPlume } from './support/node.mjs';

// Its ESM build asks for lodash in a way that node refuses; the other build is the same code.
const require = createRequire(import.meta.url);
const {
  EAS,
  OFFCHAIN_ATTESTATION_TYPES,
  Offchain,
  OffchainAttestationVersion,
  SchemaEncoder,
  SchemaRegistry,
} = require('@ethereum-attestation-service/eas-sdk');

const schemaText = 'bytes32 missionId,uint16 milestone,bool passed';

group('eas-sdk', { skip: noPlume }, () => {
  let node, provider, attester, relayer, other, eas, registry, schema, data;

  before(async () => {
    node = await startPlume();
    provider = new JsonRpcProvider(node.rpc, undefined, { pollingInterval: 50, cacheTimeout: -1 });
    [attester, relayer, other] = [0, 1, 2].map((n) => new Wallet(node.accounts[n].key, provider));
    eas = new EAS(node.contracts.attestations).connect(attester);
    registry = new SchemaRegistry(node.contracts.attestations).connect(attester);
    schema = await (await registry.register({ schema: schemaText, revocable: true })).wait();
    data = new SchemaEncoder(schemaText).encodeData([
      { name: 'missionId', value: id('mission'), type: 'bytes32' },
      { name: 'milestone', value: 3, type: 'uint16' },
      { name: 'passed', value: true, type: 'bool' },
    ]);
  });
  after(async () => {
    provider?.destroy();
    await node?.stop();
  });

  const request = (more = {}) => ({
    recipient: other.address,
    expirationTime: 0n,
    revocable: true,
    refUID: ZeroHash,
    data,
    ...more,
  });
  const attest = async () => (await eas.attest({ schema, data: request() })).wait();
  const splitSignature = ({ v, r, s }) => ({ v, r, s });

  test('knows the version and the registered schema', async () => {
    assert.equal(await eas.getVersion(), '1.4.0');
    assert.equal(schema, SchemaRegistry.getSchemaUID(schemaText, ZeroAddress, true));
    const found = await registry.getSchema({ uid: schema });
    assert.equal(found.schema, schemaText);
    assert.equal(found.revocable, true);
    assert.equal(await eas.contract.getSchemaRegistry(), await registry.contract.getAddress());
    await assert.rejects(registry.getSchema({ uid: id('none') }), /not found/i);
    await assert.rejects((await registry.register({ schema: schemaText, revocable: true })).wait());
  });

  test('attests, reads and computes the same uid', async () => {
    const uid = await attest();
    const found = await eas.getAttestation(uid);
    assert.equal(found.attester, attester.address);
    assert.equal(found.recipient, other.address);
    assert.equal(found.data, data);
    // As the contract of EAS does; the SDK's own getAttestationUID packs the schema as text.
    const types = [
      'bytes32', 'address', 'address', 'uint64', 'uint64', 'bool', 'bytes32', 'bytes', 'uint32',
    ];
    const packed = [
      schema, other.address, attester.address, found.time, 0n, true, ZeroHash, data, 0,
    ];
    assert.equal(solidityPackedKeccak256(types, packed), uid);
    assert.equal(await eas.isAttestationValid(uid), true);
    assert.equal(await eas.isAttestationRevoked(uid), false);
    await (await eas.revoke({ schema, data: { uid } })).wait();
    assert.equal(await eas.isAttestationRevoked(uid), true);
    await assert.rejects((await eas.revoke({ schema, data: { uid } })).wait());
    await assert.rejects((await eas.connect(other).revoke({ schema, data: { uid } })).wait());
    eas.connect(attester);
  });

  test('attests and revokes many at once', async () => {
    const uids = await (
      await eas.multiAttest([
        { schema, data: [request(), request({ expirationTime: 4_000_000_000n })] },
        { schema, data: [request({ revocable: false })] },
      ])
    ).wait();
    assert.equal(new Set(uids).size, 3);
    assert.equal((await eas.getAttestation(uids[1])).expirationTime, 4_000_000_000n);
    await (
      await eas.multiRevoke([{ schema, data: [{ uid: uids[0] }, { uid: uids[1] }] }])
    ).wait();
    assert.equal(await eas.isAttestationRevoked(uids[1]), true);
    await assert.rejects((await eas.revoke({ schema, data: { uid: uids[2] } })).wait());
  });

  test('attests and revokes by another who signed', async () => {
    const delegated = await eas.getDelegated();
    const terms = { schema, ...request(), value: 0n, deadline: 0n };
    const signed = await delegated.signDelegatedAttestation(terms, other);
    assert.ok(delegated.verifyDelegatedAttestationSignature(other.address, signed));
    eas.connect(relayer);
    const uid = await (
      await eas.attestByDelegation({
        schema,
        data: request(),
        signature: splitSignature(signed.signature),
        attester: other.address,
        deadline: 0n,
      })
    ).wait();
    assert.equal((await eas.getAttestation(uid)).attester, other.address);
    assert.equal(await eas.getNonce(other.address), 1n);

    const revocation = await delegated.signDelegatedRevocation(
      { schema, uid, value: 0n, deadline: 0n },
      other,
    );
    await (
      await eas.revokeByDelegation({
        schema,
        data: { uid },
        signature: splitSignature(revocation.signature),
        revoker: other.address,
        deadline: 0n,
      })
    ).wait();
    assert.equal(await eas.isAttestationRevoked(uid), true);
    await assert.rejects(
      (
        await eas.attestByDelegation({
          schema,
          data: request(),
          signature: splitSignature(signed.signature),
          attester: other.address,
          deadline: 0n,
        })
      ).wait(),
      'a signature serves once',
    );
    eas.connect(attester);
  });

  test('attests and revokes many by another who signed', async () => {
    const delegated = await eas.getDelegated();
    const nonce = await eas.getNonce(other.address);
    const signatures = [];
    for (const n of [0n, 1n]) {
      const terms = { schema, ...request(), value: 0n, deadline: 0n, nonce: nonce + n };
      signatures.push((await delegated.signDelegatedAttestation(terms, other)).signature);
    }
    eas.connect(relayer);
    const uids = await (
      await eas.multiAttestByDelegation([
        {
          schema,
          data: [request(), request()],
          signatures: signatures.map(splitSignature),
          attester: other.address,
          deadline: 0n,
        },
      ])
    ).wait();
    assert.equal(uids.length, 2);
    const revocations = [];
    for (const [n, uid] of uids.entries()) {
      const terms = { schema, uid, value: 0n, deadline: 0n, nonce: nonce + 2n + BigInt(n) };
      revocations.push((await delegated.signDelegatedRevocation(terms, other)).signature);
    }
    await (
      await eas.multiRevokeByDelegation([
        {
          schema,
          data: uids.map((uid) => ({ uid })),
          signatures: revocations.map(splitSignature),
          revoker: other.address,
          deadline: 0n,
        },
      ])
    ).wait();
    assert.equal(await eas.isAttestationRevoked(uids[1]), true);
    eas.connect(attester);
  });

  test('anchors and revokes what is attested off the chain', async () => {
    const offchain = await eas.getOffchain();
    const signed = await offchain.signOffchainAttestation(
      { schema, ...request(), time: 1_767_225_600n, expirationTime: 0n },
      attester,
    );
    assert.ok(offchain.verifyOffchainAttestationSignature(attester.address, signed));
    const time = await (await eas.timestamp(signed.uid)).wait();
    assert.equal(await eas.getTimestamp(signed.uid), time);
    const times = await (await eas.multiTimestamp([id('a'), id('b')])).wait();
    assert.equal(times.length, 2);
    const revoked = await (await eas.revokeOffchain(signed.uid)).wait();
    assert.equal(await eas.getRevocationOffchain(attester.address, signed.uid), revoked);
    await (await eas.multiRevokeOffchain([id('a'), id('b')])).wait();
    assert.notEqual(await eas.getRevocationOffchain(attester.address, id('b')), 0n);
  });

  test('takes a known attestation off the chain for a good one, and no other', async () => {
    const known = JSON.parse(
      readFileSync(new URL('../vectors/eas_offchain.json', import.meta.url)),
    );
    const { domain, message, signature, signer, uid } = known;
    const config = { address: domain.verifyingContract, version: '1.4.0' };
    const offchain = new Offchain(
      { ...config, chainId: BigInt(domain.chainId) },
      OffchainAttestationVersion.Version2,
      eas,
    );
    const types = OFFCHAIN_ATTESTATION_TYPES[OffchainAttestationVersion.Version2][0];
    const signed = {
      version: 2,
      uid,
      domain: { ...domain, chainId: BigInt(domain.chainId) },
      primaryType: types.primaryType,
      types: types.types,
      message: {
        ...message,
        time: BigInt(message.time),
        expirationTime: BigInt(message.expirationTime),
      },
      signature,
    };
    assert.ok(offchain.verifyOffchainAttestationSignature(signer, signed));
    assert.ok(!offchain.verifyOffchainAttestationSignature(other.address, signed));
    const time = await (await eas.timestamp(uid)).wait();
    assert.equal(await eas.getTimestamp(uid), time);
  });
});
