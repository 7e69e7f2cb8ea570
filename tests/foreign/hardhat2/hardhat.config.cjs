// The sample project that comes with Hardhat 2, its contract and its tests as they are, on a node
// and with npm's compiler. Hardhat compiles nothing in node_modules, so the contract is copied.
const { cpSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');

// Of the toolbox, its tests want the network helpers only; the rest would be another 100 MB.
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...more) {
  const helpers = '@nomicfoundation/hardhat-network-helpers';
  const name = request === '@nomicfoundation/hardhat-toolbox/network-helpers' ? helpers : request;
  return resolve.call(this, name, ...more);
};

const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require('hardhat/builtin-tasks/task-names');
const { subtask } = require('hardhat/config');

require('@nomicfoundation/hardhat-chai-matchers');

const fromClients = Module.createRequire(join(__dirname, '../../clients/package.json'));
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async ({ solcVersion }) => ({
  version: solcVersion,
  longVersion: fromClients('solc').version(),
  compilerPath: fromClients.resolve('solc/soljson.js'),
  isSolcJs: true,
}));

const sample = join(dirname(require.resolve('hardhat/package.json')), 'sample-projects/javascript');
const root = process.env.HARDHAT_MADE;
cpSync(join(sample, 'contracts'), join(root, 'contracts'), { recursive: true });

module.exports = {
  solidity: '0.8.37',
  defaultNetwork: 'plume',
  paths: {
    root,
    sources: join(root, 'contracts'),
    artifacts: join(root, 'artifacts'),
    cache: join(root, 'cache'),
    tests: join(sample, 'test'),
  },
  networks: { plume: { url: process.env.PLUME_RPC } },
};
