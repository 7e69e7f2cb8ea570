// The configuration of Hardhat's templates, but that the network is a node and the compiler npm's.
import { createRequire } from 'node:module';

import { defineConfig } from 'hardhat/config';

const toolbox = process.env.TOOLBOX ?? 'viem';
const { default: plugin } = await import(`@nomicfoundation/hardhat-toolbox-${toolbox}`);
const path = createRequire(import.meta.url).resolve('solc/soljson.js');

export default defineConfig({
  plugins: [plugin],
  solidity: { compilers: [{ version: '0.8.37', path }] },
  networks: {
    default: { type: 'http', chainType: 'l1', url: process.env.PLUME_RPC ?? 'http://127.0.0.1:8545' },
  },
});
