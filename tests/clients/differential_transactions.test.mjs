// The same random transactions on Plume and on anvil, which runs another EVM (revm): receipts,
// headers and the final states must be equal. Repeat a run with SEED=..., lengthen it with
// COUNT=...
//
// Where the two differ, and so no transaction goes:
//   anvil 1.7 takes every authority for one that exists, and gives back half of its price (EIP-7702
//             gives it back only for those that do)
//   anvil's pool does not look at chain ids of typed transactions, at the floor of calldata, nor at
//             the price of access lists and authorizations; such a transaction is lost later
//   PREVRANDAO and BLOCKHASH follow from the hashes of blocks, and so from the genesis
import assert from 'node:assert/strict';
import { after, describe as group, test } from 'node:test';

import { Pair, blockGasLimit, compareTransactions } from './support/differential.mjs';
import { noPlume, startAnvil, startPlume } from './support/node.mjs';
import { generator, seedOfRun } from './support/random.mjs';
import { Transactions, everyone } from './support/transactions.mjs';
import { compareStates } from './support/states.mjs';

const count = Number(process.env.COUNT ?? 500);
const seed = seedOfRun();

/** EIP-2935, and the contract for deployments by CREATE2 that both bring along. */
const history = '0x0000f90827f1c53a10cb7a02335b175320002935';
const deployer = '0x4e59b44847b379578588920ca78fbf26c0b4956c';

const shared = [
  ...['--gas-limit', `${blockGasLimit}`],
  ...['--timestamp', '1800000000'],
  ...['--balance', '1000000'],
];
/** In blocks that are asked for, in the order of sending; no memory of old transactions. */
const anvilOnly = ['--no-mining', '--order', 'fifo', '--transaction-block-keeper', '2'];

const failure = (different) =>
  `SEED=${seed}: ${JSON.stringify(different, (_, v) => (typeof v === 'bigint' ? `${v}` : v), 2)}`;

group('differential', () => {
  const nodes = [];
  after(() => Promise.all(nodes.map((node) => node.stop())));

  /** A fresh chain on either side, on which blocks are made when they are asked for. */
  const startPair = async (hardfork) => {
    const plume = await startPlume({ args: ['--block-time', '3600', ...shared] });
    nodes.push(plume);
    const rules = ['--hardfork', hardfork, '--enable-tx-gas-limit'];
    const anvil = await startAnvil({ args: [...anvilOnly, ...rules, ...shared] });
    nodes.push(anvil);
    const pair = new Pair(plume.rpc, anvil.rpc);
    await pair.start();
    return { plume, anvil, pair, draw: new Transactions(generator(seed), plume.chainId) };
  };

  test('the comparison notices an older revision', { skip: noPlume }, async () => {
    const { pair, draw } = await startPair('prague');
    assert.notEqual(await compareTransactions(pair, draw, everyone, 500), null);
  });

  test(`${count} random transactions do what they do on anvil`, { skip: noPlume }, async (t) => {
    const { plume, anvil, pair, draw } = await startPair('osaka');
    const different = await compareTransactions(pair, draw, everyone, count);
    assert.equal(different, null, failure(different));

    const apart = [...Object.values(plume.contracts), history, deployer];
    const states = await compareStates(plume.rpc, anvil.rpc, apart);
    assert.equal(states.different, null, failure(states.different));
    t.diagnostic(`seed ${seed}, ${states.accounts} accounts: ${JSON.stringify(pair.tally)}`);
  });
});
