// Opens a till for the native token TOKEN, fills it, and pays from it. Prints what came of it.
const { ethers } = require('hardhat');

async function main() {
  const [owner, payee, stranger] = await ethers.getSigners();
  const token = await ethers.getContractAt('IERC20', process.env.TOKEN);
  const till = await ethers.deployContract('Till', [token.target]);
  await till.waitForDeployment();
  await (await token.transfer(till.target, 100n)).wait();
  const receipt = await (await till.pay(payee.address, 40n)).wait();
  const refused = await till
    .connect(stranger)
    .pay(stranger.address, 1n)
    .catch((error) => till.interface.parseError(error.data).name);
  console.log(
    JSON.stringify({
      network: Number((await ethers.provider.getNetwork()).chainId),
      till: till.target,
      holds: Number(await till.holds()),
      paid: Number(await token.balanceOf(payee.address)),
      events: receipt.logs.length,
      owner: owner.address,
      refused,
    }),
  );
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
