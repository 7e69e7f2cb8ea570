// The sample project that comes with Hardhat, its contract and its tests as they are, on the network
// that hardhat.config.cjs names. Hardhat compiles nothing in node_modules, so the contract is copied.
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

const config = require('./hardhat.config.cjs');
require('@nomicfoundation/hardhat-chai-matchers');

const sample = join(dirname(require.resolve('hardhat/package.json')), 'sample-projects/javascript');
const root = process.env.HARDHAT_MADE;
cpSync(join(sample, 'contracts'), join(root, 'contracts'), { recursive: true });

module.exports = {
  ...config,
  defaultNetwork: 'plume',
  paths: { ...config.paths, root, sources: join(root, 'contracts'), tests: join(sample, 'test') },
};
