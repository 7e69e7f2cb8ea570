// A pool with requests, used by viem and ethers with nothing but the ABI that ERC-7540, ERC-7575 and
// ERC-7887 print: what is native about it they do not know.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { Contract, JsonRpcProvider, Wallet } from 'ethers';
import { parseAbi, parseEventLogs } from 'viem';

import { abiOf, attest, launch, launchToken } from './support/mission.mjs';
import { noPlume, plume, startPlume, testAccount } from './support/node.mjs';
import { rpc } from './support/rpc.mjs';
import { Person, pass } from './support/wallet.mjs';

const standard = [
  'function asset() view returns (address)',
  'function share() view returns (address shareTokenAddress)',
  'function supportsInterface(bytes4 interfaceID) view returns (bool)',
  'function requestDeposit(uint256 assets, address controller, address owner) returns (uint256 requestId)',
  'function pendingDepositRequest(uint256 requestId, address controller) view returns (uint256 assets)',
  'function claimableDepositRequest(uint256 requestId, address controller) view returns (uint256 assets)',
  'function requestRedeem(uint256 shares, address controller, address owner) returns (uint256 requestId)',
  'function pendingRedeemRequest(uint256 requestId, address controller) view returns (uint256 shares)',
  'function claimableRedeemRequest(uint256 requestId, address controller) view returns (uint256 shares)',
  'function isOperator(address controller, address operator) view returns (bool status)',
  'function setOperator(address operator, bool approved) returns (bool success)',
  'function deposit(uint256 assets, address receiver, address controller) returns (uint256 shares)',
  'function mint(uint256 shares, address receiver, address controller) returns (uint256 assets)',
  'function withdraw(uint256 assets, address receiver, address controller) returns (uint256 shares)',
  'function redeem(uint256 shares, address receiver, address controller) returns (uint256 assets)',
  'function maxDeposit(address receiver) view returns (uint256)',
  'function maxMint(address receiver) view returns (uint256)',
  'function maxWithdraw(address owner) view returns (uint256)',
  'function maxRedeem(address owner) view returns (uint256)',
  'function previewDeposit(uint256 assets) view returns (uint256)',
  'function previewRedeem(uint256 shares) view returns (uint256)',
  'function balanceOf(address owner) view returns (uint256)',
  'function cancelDepositRequest(uint256 requestId, address controller)',
  'function pendingCancelDepositRequest(uint256 requestId, address controller) view returns (bool isPending)',
  'function claimableCancelDepositRequest(uint256 requestId, address controller) view returns (uint256 assets)',
  'function claimCancelDepositRequest(uint256 requestId, address receiver, address controller)',
  'function cancelRedeemRequest(uint256 requestId, address controller)',
  'function claimableCancelRedeemRequest(uint256 requestId, address controller) view returns (uint256 shares)',
  'function claimCancelRedeemRequest(uint256 requestId, address receiver, address owner)',
  'event DepositRequest(address indexed controller, address indexed owner, uint256 indexed requestId, address sender, uint256 assets)',
  'event RedeemRequest(address indexed controller, address indexed owner, uint256 indexed requestId, address sender, uint256 shares)',
  'event OperatorSet(address indexed controller, address indexed operator, bool approved)',
  'event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares)',
  'event Withdraw(address indexed sender, address indexed receiver, address indexed owner, uint256 assets, uint256 shares)',
  'event CancelDepositRequest(address indexed controller, uint256 indexed requestId, address sender)',
  'event CancelDepositClaim(address indexed controller, address indexed receiver, uint256 indexed requestId, address sender, uint256 assets)',
  'event CancelRedeemRequest(address indexed controller, uint256 indexed requestId, address sender)',
  'event CancelRedeemClaim(address indexed controller, address indexed receiver, uint256 indexed requestId, address sender, uint256 shares)',
];
const abi = parseAbi(standard);
const day = 86_400;

group('a pool with requests', { skip: noPlume }, () => {
  let node, operator, alice, bob, pool, euro, own;

  before(async () => {
    node = await startPlume();
    [operator, alice, bob] = [0, 2, 3].map((index) => new Person(node, testAccount(index)));
    const address = await launchToken(node, {
      name: 'Euro',
      symbol: 'EUR',
      decimals: 6,
      supply: 10n ** 12n,
      issuer: operator.address,
      mintable: false,
    });
    euro = { address, abi: await abiOf('AssetToken') };
    const terms = {
      name: 'Land',
      symbol: 'LAND',
      record: await attest(node, testAccount(0), 'a piece of land'),
      asset: euro.address,
      operator: operator.address,
      principalMax: 10n ** 9n,
    };
    const at = await launch(node, testAccount(0), 'Vault.QueuedPool', 'QueuedPool', [
      terms,
      BigInt(7 * day),
    ]);
    pool = { address: at, abi };
    own = { address: at, abi: await abiOf('QueuedPool') };
    for (const person of [alice, bob]) {
      await operator.send(euro, 'transfer', [person.address, 10_000n]);
      await person.send(euro, 'approve', [at, 10_000n]);
    }
  });
  after(() => node?.stop());

  const told = (receipt, eventName) =>
    parseEventLogs({ abi, logs: receipt.logs, eventName })
      .filter(({ address }) => address.toLowerCase() === pool.address.toLowerCase())
      .map(({ args }) => args);
  const fulfill = async (method) => {
    await pass(node, 1);
    await operator.send(own, method, [2n ** 256n - 1n]);
  };

  test('says what it is', async () => {
    for (const id of ['0xe3bc4e65', '0xce3bbe50', '0x620ee8e4', '0x8bf840e3', '0xe76cffc7'])
      assert.equal(await alice.read(pool, 'supportsInterface', [id]), true, id);
    for (const id of ['0x2f0a18c5', '0x50a526d6', '0xc1f329ef', '0x70dec094'])
      assert.equal(await alice.read(pool, 'supportsInterface', [id]), true, id);
    assert.equal(await alice.read(pool, 'supportsInterface', ['0xffffffff']), false);
    assert.equal(await alice.read(pool, 'share'), pool.address);
    for (const preview of ['previewDeposit', 'previewRedeem'])
      assert.equal(
        (await alice.refusal({ ...pool, abi: own.abi }, preview, [1n])).errorName,
        'PreviewUnavailable',
      );
  });

  test('takes a deposit by viem: asked, answered, claimed', async () => {
    const asked = await alice.send(pool, 'requestDeposit', [1_000n, alice.address, alice.address]);
    assert.deepEqual(told(asked, 'DepositRequest'), [
      {
        controller: alice.address,
        owner: alice.address,
        requestId: 0n,
        sender: alice.address,
        assets: 1_000n,
      },
    ]);
    assert.equal(await alice.read(pool, 'pendingDepositRequest', [0n, alice.address]), 1_000n);
    await fulfill('fulfillDeposits');
    assert.equal(await alice.read(pool, 'claimableDepositRequest', [0n, alice.address]), 1_000n);
    assert.equal(await alice.read(pool, 'maxMint', [alice.address]), 10n ** 9n);
    const claimed = await alice.send(pool, 'deposit', [1_000n, bob.address, alice.address]);
    assert.deepEqual(told(claimed, 'Deposit'), [
      { sender: alice.address, owner: bob.address, assets: 1_000n, shares: 10n ** 9n },
    ]);
    assert.equal(await alice.read(pool, 'balanceOf', [bob.address]), 10n ** 9n);
  });

  test('pays a redemption by ethers, through an operator', async () => {
    const options = { pollingInterval: 20, cacheTimeout: -1 };
    const provider = new JsonRpcProvider(node.rpc, undefined, options);
    const [hers, his] = [2, 3].map(
      (index) =>
        new Contract(pool.address, standard, new Wallet(node.accounts[index].key, provider)),
    );
    await (await his.setOperator(alice.address, true)).wait();
    assert.equal(await hers.isOperator(bob.address, alice.address), true);
    await (await hers.requestRedeem(4n * 10n ** 8n, bob.address, bob.address)).wait();
    assert.equal(await hers.pendingRedeemRequest(0n, bob.address), 4n * 10n ** 8n);
    await fulfill('fulfillRedeems');
    assert.equal(await hers.maxWithdraw(bob.address), 400n);
    const receipt = await (await hers.redeem(10n ** 8n, alice.address, bob.address)).wait();
    const event = receipt.logs
      .map((log) => hers.interface.parseLog(log))
      .find((log) => log?.name === 'Withdraw');
    assert.deepEqual(
      [...event.args],
      [alice.address, alice.address, bob.address, 100n, 10n ** 8n],
    );
    await (await his.withdraw(300n, bob.address, bob.address)).wait();
    assert.equal(await bob.read(euro, 'balanceOf', [bob.address]), 10_300n);
    provider.destroy();
  });

  test('takes requests back', async () => {
    await alice.send(pool, 'requestDeposit', [500n, alice.address, alice.address]);
    const dropped = await alice.send(pool, 'cancelDepositRequest', [0n, alice.address]);
    assert.deepEqual(told(dropped, 'CancelDepositRequest'), [
      { controller: alice.address, requestId: 0n, sender: alice.address },
    ]);
    const args = [0n, alice.address];
    assert.equal(await alice.read(pool, 'pendingCancelDepositRequest', args), false);
    assert.equal(await alice.read(pool, 'claimableCancelDepositRequest', args), 500n);
    await fulfill('fulfillDeposits');
    const back = await alice.send(pool, 'claimCancelDepositRequest', [
      0n,
      bob.address,
      alice.address,
    ]);
    assert.deepEqual(told(back, 'CancelDepositClaim'), [
      {
        controller: alice.address,
        receiver: bob.address,
        requestId: 0n,
        sender: alice.address,
        assets: 500n,
      },
    ]);
    await bob.send(pool, 'requestRedeem', [10n ** 8n, bob.address, bob.address]);
    await bob.send(pool, 'cancelRedeemRequest', [0n, bob.address]);
    const shares = await bob.send(pool, 'claimCancelRedeemRequest', [0n, bob.address, bob.address]);
    assert.equal(told(shares, 'CancelRedeemClaim')[0].shares, 10n ** 8n);
    assert.equal(await bob.read(pool, 'balanceOf', [bob.address]), 6n * 10n ** 8n);
  });

  test('pays who waited too long without the operator, and lends nothing before', async () => {
    await bob.send(pool, 'requestRedeem', [10n ** 8n, bob.address, bob.address]);
    await pass(node, 7 * day);
    const zero = `0x${'00'.repeat(32)}`;
    assert.equal(
      (await operator.refusal(own, 'fund', [operator.address, 1n, zero])).errorName,
      'RedemptionsFirst',
    );
    await alice.send(own, 'fulfillRedeems', [2n ** 256n - 1n]);
    assert.equal(await bob.read(pool, 'maxWithdraw', [bob.address]), 100n);
    await operator.send(own, 'fund', [operator.address, 1n, zero]);
  });

  test('is used from the command line, and told of by the index', async () => {
    const told = async (...args) => {
      const { code, stdout, stderr } = await plume('vault', ...args, '--rpc', node.rpc);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const { name } = node.accounts[2];
    const books = async () => JSON.parse(await told('show', pool.address, '--json'));
    const before = await alice.read(pool, 'balanceOf', [alice.address]);
    await told('fund', pool.address, '0.0002', '--from', name);
    assert.equal((await books()).pendingDeposits, '200');
    assert.match((await books()).waitsFor.join(), /has to answer requests/);
    await fulfill('fulfillDeposits');
    await told('withdraw', pool.address, '--from', name);
    assert.equal(await alice.read(pool, 'balanceOf', [alice.address]), before + 2n * 10n ** 8n);
    await told('withdraw', pool.address, '--from', name);
    assert.equal((await books()).pendingRedemptions, `${before + 2n * 10n ** 8n}`);

    const { totals } = await rpc(node.rpc, 'plume_vault', [pool.address]);
    const [money] = totals;
    assert.equal(money.currency, euro.address.toLowerCase());
    assert.equal(money.contributed, `${1_000 + 500 + 200}`);
    assert.equal(money.held, money.balance, 'all that came is paid, returned or there');
  });
});
