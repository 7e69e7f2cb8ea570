// What a stranger's Solidity can do to native contracts: nothing that they do not allow. The rules
// are those that every native contract keeps on the wire, N1 to N8. Repeat a run with SEED=...
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { encodeAbiParameters, encodeFunctionData, getAddress, keccak256 } from 'viem';
import { maxUint256, parseAbiParameters, stringToHex, zeroAddress, zeroHash } from 'viem';

import { abiOf, attest, foundMission, launch } from './support/mission.mjs';
import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { generator, seedOfRun } from './support/random.mjs';
import { rpc } from './support/rpc.mjs';
import { compile } from './support/solidity.mjs';
import { Person, revertOf } from './support/wallet.mjs';

const seed = seedOfRun();
const way = { call: 0, staticCall: 1, delegateCall: 2, callCode: 3 };
const end = { well: 0, revert: 1, allGas: 2 };

group('adversary', { skip: noPlume }, () => {
  let node, founder, donor, token, vault, natives, adversary;

  before(async () => {
    node = await startPlume();
    [founder, donor] = [0, 2].map((index) => new Person(node, testAccount(index)));
    const mission = await foundMission(node);
    token = { address: mission.currency, abi: await abiOf('AssetToken') };
    vault = { address: mission.vault, abi: await abiOf('Vault') };
    natives = [token, vault];
    for (const [name, type] of [
      ['attestations', 'Attestations'],
      ['conditions', 'Conditions'],
      ['launcher', 'Launcher'],
    ])
      natives.push({ address: node.contracts[name], abi: await abiOf(type) });
    adversary = await founder.deploy(compile('Adversary'));
    await founder.send(token, 'transfer', [adversary.address, 1_000_000n]);
  });
  after(() => node?.stop());

  const encode = ({ abi }, functionName, args = []) =>
    encodeFunctionData({ abi, functionName, args });
  const balance = (contract, { address }) => founder.read(contract, 'balanceOf', [address]);
  const step = (contract, name, args) => ({
    to: contract.address,
    data: encode(contract, name, args),
  });
  const attempt = async (kind, { to, data }) => {
    const { result } = await founder.reader.simulateContract({
      ...adversary,
      functionName: 'attempt',
      args: [kind, to, data],
    });
    return { success: result[0], output: result[1] };
  };

  /** Runs the steps; with gas enough for each of them, as a run that loses one is none the wiser. */
  const run = (steps, how = end.well) =>
    founder.send(adversary, 'run', [steps, how], { gas: 16_000_000n });

  /** The roots of the storage of the native contracts and of the adversary. */
  const storage = () =>
    Promise.all(
      [...natives, adversary].map(
        async ({ address }) =>
          (await rpc(node.rpc, 'eth_getProof', [address, [], 'latest'])).storageHash,
      ),
    );

  /** Something for every parameter, that could be right. */
  function anything({ type, components }) {
    if (type.endsWith('[]')) return [];
    if (type === 'tuple') {
      const entries = components.map((each) => [each.name, anything(each)]);
      return Object.fromEntries(entries);
    }
    if (type === 'address') return adversary.address;
    if (type === 'bool') return true;
    if (type === 'string') return 'text';
    if (type === 'bytes') return '0x';
    if (type.startsWith('bytes')) return `0x${'00'.repeat(Number(type.slice(5)))}`;
    return Number(type.replace(/\D/g, '')) <= 48 ? 0 : 0n;
  }
  const functionsOf = ({ abi }) => abi.filter(({ type }) => type === 'function');
  const callOf = (contract, entry) => ({
    to: contract.address,
    data: encodeFunctionData({ abi: [entry], args: entry.inputs.map(anything) }),
  });

  /** Calls that the contracts take from the adversary, each of which writes. */
  const writes = () => [
    step(token, 'transfer', [donor.address, 0n]),
    step(token, 'transfer', [donor.address, 5n]),
    step(token, 'approve', [donor.address, 5n]),
    step(token, 'burn', [5n]),
    step(vault, 'transfer', [donor.address, 0n]),
    step(vault, 'approve', [donor.address, 5n]),
    step(natives[2], 'register', ['uint256 anything', zeroAddress, true]),
  ];

  test('N1: native contracts have code, however it is looked at', async () => {
    for (const { address } of natives) {
      const [size, hash, code] = await founder.read(adversary, 'codeOf', [address]);
      assert.match(code, /^0xef50[0-9a-f]{8}$/);
      assert.equal(code, await founder.reader.getCode({ address }));
      assert.equal(hash, keccak256(code));
      assert.equal(size, 6n);
    }
    const { logs } = await founder.send(adversary, 'approveMutely', [
      token.address,
      donor.address,
      7n,
    ]);
    const allowance = [adversary.address, donor.address];
    assert.equal(await founder.read(token, 'allowance', allowance), 7n);
    assert.equal(getAddress(logs[0].address), token.address);
  });

  test('N3: no method of any runs in a frame of somebody else', async () => {
    const before = await storage();
    for (const native of natives)
      for (const entry of functionsOf(native))
        for (const kind of [way.delegateCall, way.callCode]) {
          const done = await attempt(kind, callOf(native, entry));
          assert.deepEqual(done, { success: false, output: '0x' }, entry.name);
        }
    for (const kind of [way.delegateCall, way.callCode])
      for (const { to, data } of writes()) {
        assert.deepEqual(await attempt(kind, { to, data }), { success: false, output: '0x' });
        await founder.send(adversary, 'mustFail', [kind, to, data]);
      }
    assert.deepEqual(await storage(), before);
  });

  /** Methods for many things at once: with nothing to do they write nothing, as any call may. */
  const isIdle = (name) => name.startsWith('multi');

  test('N5: no method that writes answers a static call, and every view does', async () => {
    for (const { to, data } of writes()) {
      assert.ok((await attempt(way.call, { to, data })).success, 'it would have gone through');
      assert.ok(!(await attempt(way.staticCall, { to, data })).success);
    }
    for (const native of natives)
      for (const entry of functionsOf(native)) {
        const call = callOf(native, entry);
        const [open, still] = [await attempt(way.call, call), await attempt(way.staticCall, call)];
        const isView = entry.stateMutability === 'view' || isIdle(entry.name);
        if (isView) assert.deepEqual(still, open, entry.name);
        else assert.ok(!still.success, entry.name);
      }
  });

  test('N4: what a frame above undoes, it undoes in native contracts too', async () => {
    for (const how of [end.revert, end.allGas])
      for (const write of writes()) {
        const before = await storage();
        const inner = step(adversary, 'run', [[write], how]);
        const { logs } = await run([inner]);
        assert.deepEqual(logs, []);
        assert.deepEqual(await storage(), before);
      }
  });

  test('N4: a launch that is undone leaves its address to the next', async () => {
    const launcher = natives[4];
    const record = await attest(node, testAccount(0), 'a record to launch with');
    const { inputs } = token.abi.find(({ type }) => type === 'constructor');
    const params = {
      name: 'Twice',
      symbol: 'TWO',
      decimals: 0,
      record,
      issuer: adversary.address,
      initialSupply: 3n,
      mintable: true,
    };
    const args = [stringToHex('AssetToken', { size: 32 }), encodeAbiParameters(inputs, [params])];
    const launchIt = step(launcher, 'launch', args);
    const undone = step(adversary, 'run', [[launchIt], end.revert]);
    const [address] = await founder.reader.readContract({
      ...launcher,
      functionName: 'preview',
      args,
      account: adversary.address,
    });
    const before = await storage();
    await run([undone]);
    assert.equal(await founder.reader.getCode({ address }), undefined);
    assert.deepEqual(await storage(), before);
    await run([undone, launchIt]);
    assert.equal(await balance({ address, abi: token.abi }, adversary), 3n);
  });

  test('N4: random calls in nested frames leave what their survivors say', async () => {
    const { below, pick } = generator(seed);
    const people = [3, 4, 5].map((index) => testAccount(index).address);

    /** Steps and what they do, undone where a frame is. */
    function draw(depth) {
      const steps = [];
      const moves = [];
      for (let count = 1 + below(4); count > 0; --count) {
        if (depth > 0 && below(2) === 0) {
          const inner = draw(depth - 1);
          const how = pick([end.well, end.well, end.revert, end.allGas]);
          steps.push(step(adversary, 'run', [inner.steps, how]));
          if (how === end.well) moves.push(...inner.moves);
        } else {
          const move = { to: pick(people), amount: BigInt(below(100)) };
          steps.push(step(token, 'transfer', [move.to, move.amount]));
          moves.push(move);
        }
      }
      return { steps, moves };
    }

    for (let round = 0; round < 30; ++round) {
      const { steps, moves } = draw(4);
      const before = await balance(token, adversary);
      const { logs } = await run(steps);
      const seen = logs.map(({ topics, data }) => ({
        to: getAddress(`0x${topics[2].slice(-40)}`),
        amount: BigInt(data),
      }));
      assert.deepEqual(seen, moves, `SEED=${seed}, round ${round}`);
      const moved = moves.reduce((sum, { amount }) => sum + amount, 0n);
      assert.equal(await balance(token, adversary), before - moved, `SEED=${seed}`);
    }
  });

  test('N6: amounts are taken whole or not at all', async () => {
    const record = await attest(node, testAccount(0), 'a record for large amounts');
    const params = {
      name: 'Large',
      symbol: 'LARGE',
      decimals: 18,
      record,
      issuer: founder.address,
      initialSupply: 0n,
      mintable: true,
    };
    const address = await launch(node, testAccount(0), 'AssetToken', 'AssetToken', [params]);
    const large = { address, abi: token.abi };
    const edges = [64n, 128n].flatMap((bits) => [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n]);
    for (const amount of [...edges, maxUint256]) {
      await founder.send(large, 'mint', [adversary.address, amount]);
      const { args, errorName } = await founder.refusal(large, 'mint', [
        adversary.address,
        maxUint256 - amount + 1n,
      ]);
      assert.deepEqual([errorName, args], ['Panic', [0x11n]]);
      const there = step(large, 'transfer', [donor.address, amount]);
      const more = step(large, 'transfer', [donor.address, 1n]);
      const { logs } = await run([there, more]);
      assert.deepEqual(
        logs.map(({ data }) => BigInt(data)),
        [amount],
      );
      assert.equal(await balance(large, donor), amount);
      assert.equal(await founder.read(large, 'totalSupply'), amount);
      await donor.send(large, 'approve', [founder.address, amount]);
      const burn = [donor.address, founder.address, amount];
      await founder.send(large, 'transferFrom', burn);
      if (amount !== maxUint256)
        assert.equal(await founder.read(large, 'allowance', [donor.address, founder.address]), 0n);
      await founder.send(large, 'burn', [amount]);
    }
    for (const amount of [...edges, maxUint256]) {
      const { errorName, args } = await donor.refusal(vault, 'contribute', [
        amount,
        donor.address,
        zeroHash,
      ]);
      assert.deepEqual([errorName, args], ['ExceedsNeed', [amount, 6_000n]]);
    }
  });

  test('N8: what a contract supports, it says within 30,000 gas', async () => {
    for (const native of natives) {
      const args = [native.address, '0xffffffff'];
      const [answer, gasUsed] = await founder.read(adversary, 'asksFor', args);
      assert.equal(answer, false);
      assert.ok(gasUsed < 30_000n, `${gasUsed}`);
    }
    const interfaces = {
      'ERC-165': '0x01ffc9a7',
      'ERC-20': '0x36372b07',
      'ERC-20 metadata': '0xa219a025',
      'ERC-2612': '0x9d8ff7da',
      'ERC-5267': '0x84b0196e',
    };
    // Attestations: not before it serves EAS's own interfaces.
    const speaking = natives.filter(({ address }) => address !== node.contracts.attestations);
    assert.equal(speaking.length, natives.length - 1);
    for (const { address } of speaking)
      assert.equal(await founder.read(adversary, 'has165', [address]), true);
    for (const { address } of [token, vault]) {
      for (const [name, id] of Object.entries(interfaces)) {
        const [answer, gasUsed] = await founder.read(adversary, 'asksFor', [address, id]);
        assert.equal(answer, true, name);
        assert.ok(gasUsed < 30_000n, `${gasUsed}`);
      }
    }
  });

  test('N8: a refusal is a custom error, passed through bytecode unchanged', async () => {
    const call = step(token, 'transfer', [donor.address, 10n ** 9n]);
    const { success, output } = await attempt(way.call, call);
    assert.equal(success, false);
    const held = await balance(token, adversary);
    const error = parseAbiParameters('address, uint256, uint256');
    const values = [adversary.address, held, 10n ** 9n];
    assert.equal(output, `0xe450d38c${encodeAbiParameters(error, values).slice(2)}`);
  });

  test('N2: who replays the logs has every balance', async () => {
    await donor.send(token, 'approve', [vault.address, 6_000n]);
    await donor.send(vault, 'contribute', [6_000n, adversary.address, zeroHash]);
    await founder.send(vault, 'release', [0n]);
    await run([step(vault, 'transfer', [founder.address, 77n]), step(token, 'burn', [11n])]);
    for (const contract of [token, vault]) {
      const logs = await founder.reader.getContractEvents({
        ...contract,
        eventName: 'Transfer',
        fromBlock: 0n,
      });
      const balances = new Map();
      const add = (holder, amount) => balances.set(holder, (balances.get(holder) ?? 0n) + amount);
      for (const { args } of logs) {
        add(args.from, -args.value);
        add(args.to, args.value);
      }
      const supply = -balances.get(zeroAddress);
      balances.delete(zeroAddress);
      assert.ok(balances.size >= 2);
      for (const [address, held] of balances)
        assert.equal(await balance(contract, { address }), held, address);
      assert.equal(await founder.read(contract, 'totalSupply'), supply);
    }
  });
});
