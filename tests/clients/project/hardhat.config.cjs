// A project as Hardhat's users have it, but that its compiler is npm's and nothing is fetched. The
// test names the node, and a directory for what is made.
const { subtask } = require('hardhat/config');
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require('hardhat/builtin-tasks/task-names');
const { join } = require('node:path');

require('@nomicfoundation/hardhat-ethers');

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async ({ solcVersion }) => ({
  version: solcVersion,
  longVersion: require('solc').version(),
  compilerPath: require.resolve('solc/soljson.js'),
  isSolcJs: true,
}));

const made = process.env.HARDHAT_MADE ?? '.';

module.exports = {
  solidity: '0.8.37',
  paths: { artifacts: join(made, 'artifacts'), cache: join(made, 'cache') },
  networks: {
    plume: {
      url: process.env.PLUME_RPC ?? 'http://127.0.0.1:8545',
      accounts: { mnemonic: 'test test test test test test test test test test test junk' },
    },
  },
};
