// Uniswap's own bytecode on Plume, with a native token on one side of every pool.
import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';

import { encodeFunctionData, maxUint128, maxUint256, parseEventLogs, zeroAddress } from 'viem';

import { launchCurrency } from './support/mission.mjs';
import { noPlume, startPlume, testAccount } from './support/node.mjs';
import { artifact, compile } from './support/solidity.mjs';
import { Person } from './support/wallet.mjs';

const v2 = (path) => artifact(`@uniswap/v2-${path}.json`);
const v3 = (path, name) => artifact(`@uniswap/v3-${path}/${name}.sol/${name}.json`);

group('uniswap', { skip: noPlume }, () => {
  let node, founder, trader, native, coin, wrapped;

  before(async () => {
    node = await startPlume();
    [founder, trader] = [0, 1].map((index) => new Person(node, testAccount(index)));
    native = await launchCurrency(node, founder);
    coin = await founder.deploy(compile('Coin'), [10n ** 12n]);
    wrapped = await founder.deploy(v2('periphery/build/WETH9'));
    for (const token of [native, coin])
      await founder.send(token, 'transfer', [trader.address, 10n ** 9n]);
  });
  after(() => node?.stop());

  const balance = (token, holder) => founder.read(token, 'balanceOf', [holder.address]);
  async function allow(spender) {
    for (const person of [founder, trader])
      for (const token of [native, coin])
        await person.send(token, 'approve', [spender.address, maxUint256]);
  }

  /** The Transfer events of the receipt that the native token itself has emitted. */
  const nativeTransfers = (receipt) =>
    parseEventLogs({ abi: native.abi, logs: receipt.logs, eventName: 'Transfer' })
      .filter(({ address }) => address === native.address.toLowerCase())
      .map(({ args }) => [args.from, args.to, args.value]);

  group('version 2', () => {
    let factory, router, pair;

    before(async () => {
      factory = await founder.deploy(v2('core/build/UniswapV2Factory'), [founder.address]);
      router = await founder.deploy(v2('periphery/build/UniswapV2Router02'), [
        factory.address,
        wrapped.address,
      ]);
      await allow(router);
    });

    test('adds liquidity', async () => {
      const amounts = [1_000_000n, 4_000_000n, 0n, 0n];
      const pool = [native.address, coin.address, ...amounts, founder.address, maxUint256];
      const receipt = await founder.send(router, 'addLiquidity', pool);
      const address = await founder.read(factory, 'getPair', [native.address, coin.address]);
      pair = { address, abi: v2('core/build/UniswapV2Pair').abi };
      assert.equal(await balance(native, pair), 1_000_000n);
      assert.equal(await balance(coin, pair), 4_000_000n);
      assert.deepEqual(nativeTransfers(receipt), [[founder.address, pair.address, 1_000_000n]]);
      assert.equal(await balance(pair, founder), 2_000_000n - 1_000n);
    });

    test('swaps both ways at its own price', async () => {
      for (const path of [
        [native, coin],
        [coin, native],
      ]) {
        const [paid, got] = path;
        const addresses = path.map(({ address }) => address);
        const [before, inPool, outPool] = await Promise.all([
          balance(got, trader),
          balance(paid, pair),
          balance(got, pair),
        ]);
        const fed = 10_000n * 997n;
        const fair = (fed * outPool) / (inPool * 1000n + fed);
        const swap = (least) => [10_000n, least, addresses, trader.address, maxUint256];
        const method = 'swapExactTokensForTokens';
        assert.deepEqual(await trader.refusal(router, method, swap(fair + 1n)), {
          errorName: 'Error',
          args: ['UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT'],
        });
        await trader.send(router, method, swap(fair));
        assert.equal(await balance(got, trader), before + fair);
      }
    });

    test('the native token refuses what the trader has not got', async () => {
      const path = [native.address, coin.address];
      const args = [10n ** 10n, 0n, path, trader.address, maxUint256];
      assert.deepEqual(await trader.refusal(router, 'swapExactTokensForTokens', args), {
        errorName: 'Error',
        args: ['TransferHelper: TRANSFER_FROM_FAILED'],
      });
    });

    test('pools a native token with wrapped coin', async () => {
      const args = [native.address, 500_000n, 0n, 0n, founder.address, maxUint256];
      await founder.send(router, 'addLiquidityETH', args, { value: 10n ** 15n });
      const path = [wrapped.address, native.address];
      const before = await balance(native, trader);
      await trader.send(
        router,
        'swapETHForExactTokens',
        [1_000n, path, trader.address, maxUint256],
        { value: 10n ** 14n },
      );
      assert.equal(await balance(native, trader), before + 1_000n);
    });

    test('gives all of it back but the first thousand', async () => {
      const liquidity = await balance(pair, founder);
      await founder.send(pair, 'approve', [router.address, liquidity]);
      const pool = [native.address, coin.address];
      const args = [...pool, liquidity, 0n, 0n, founder.address, maxUint256];
      await founder.send(router, 'removeLiquidity', args);
      assert.equal(await founder.read(pair, 'totalSupply'), 1_000n);
      assert.ok((await balance(native, pair)) < 1_000n);
    });
  });

  group('version 3', () => {
    let factory, positions, router, quoter, pool, tokenId;
    const fee = 3000;
    const deadline = maxUint256;

    before(async () => {
      factory = await founder.deploy(v3('core/artifacts/contracts', 'UniswapV3Factory'));
      const periphery = (path, ...more) =>
        founder.deploy(v3(`periphery/artifacts/contracts${path}`, ...more.splice(0, 1)), [
          factory.address,
          wrapped.address,
          ...more,
        ]);
      positions = await periphery('', 'NonfungiblePositionManager', zeroAddress);
      router = await periphery('', 'SwapRouter');
      quoter = await periphery('/lens', 'QuoterV2');
      await allow(positions);
      await allow(router);
    });

    test('creates a pool at the price of one and adds liquidity', async () => {
      const [token0, token1] = [native.address, coin.address].sort((a, b) =>
        a.toLowerCase() < b.toLowerCase() ? -1 : 1,
      );
      await founder.send(positions, 'createAndInitializePoolIfNecessary', [
        token0,
        token1,
        fee,
        2n ** 96n,
      ]);
      const address = await founder.read(factory, 'getPool', [token0, token1, fee]);
      pool = { address, abi: v3('core/artifacts/contracts', 'UniswapV3Pool').abi };
      const minted = await founder.send(positions, 'mint', [
        {
          token0,
          token1,
          fee,
          tickLower: -6000,
          tickUpper: 6000,
          amount0Desired: 1_000_000n,
          amount1Desired: 1_000_000n,
          amount0Min: 0n,
          amount1Min: 0n,
          recipient: founder.address,
          deadline,
        },
      ]);
      const logs = parseEventLogs({
        abi: positions.abi,
        logs: minted.logs,
        eventName: 'IncreaseLiquidity',
      });
      tokenId = logs[0].args.tokenId;
      assert.equal(await founder.read(pool, 'liquidity'), logs[0].args.liquidity);
      assert.equal(await balance(native, pool), 1_000_000n);
      assert.deepEqual(nativeTransfers(minted), [[founder.address, pool.address, 1_000_000n]]);
    });

    test('quotes, and swaps for just that', async () => {
      for (const [paid, got] of [
        [native, coin],
        [coin, native],
      ]) {
        const order = {
          tokenIn: paid.address,
          tokenOut: got.address,
          amountIn: 20_000n,
          fee,
          sqrtPriceLimitX96: 0n,
        };
        const { result } = await trader.reader.simulateContract({
          ...quoter,
          functionName: 'quoteExactInputSingle',
          args: [order],
        });
        const [quoted] = result;
        assert.ok(quoted > 19_000n && quoted < 20_100n, `${quoted}`);
        const before = await balance(got, trader);
        const swap = (amountOutMinimum) => [
          { ...order, recipient: trader.address, deadline, amountOutMinimum },
        ];
        assert.deepEqual(await trader.refusal(router, 'exactInputSingle', swap(quoted + 1n)), {
          errorName: 'Error',
          args: ['Too little received'],
        });
        await trader.send(router, 'exactInputSingle', swap(quoted));
        assert.equal(await balance(got, trader), before + quoted);
      }
    });

    test('collects the fees and takes the liquidity out, in one multicall', async () => {
      const position = await founder.read(positions, 'positions', [tokenId]);
      const liquidity = position[7];
      const encode = (functionName, fields) =>
        encodeFunctionData({ abi: positions.abi, functionName, args: [{ tokenId, ...fields }] });
      const both = async (holder) =>
        (await balance(native, holder)) + (await balance(coin, holder));
      const before = await both(founder);
      await founder.send(positions, 'multicall', [
        [
          encode('decreaseLiquidity', { liquidity, amount0Min: 0n, amount1Min: 0n, deadline }),
          encode('collect', {
            recipient: founder.address,
            amount0Max: maxUint128,
            amount1Max: maxUint128,
          }),
        ],
      ]);
      assert.equal(await founder.read(pool, 'liquidity'), 0n);
      const got = (await both(founder)) - before;
      assert.ok(got > 2_000_000n, `${got} with the fees`);
      assert.ok((await both(pool)) < 10n, 'what is left is rounding');
    });
  });
});
