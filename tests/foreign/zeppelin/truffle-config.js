// As the package has it, but for the network, and for a reporter that programs read.
require('babel-register')({ presets: ['es2015', 'stage-2', 'stage-3'] });
require('babel-polyfill');

module.exports = {
  networks: {
    development: {
      host: '127.0.0.1',
      port: Number(new URL(process.env.PLUME_RPC).port),
      network_id: '*',
    },
  },
  mocha: { reporter: 'tap', timeout: 120000 },
};
