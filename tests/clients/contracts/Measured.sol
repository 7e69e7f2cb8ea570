// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {VestingWallet} from "@openzeppelin/contracts/finance/VestingWallet.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

// What the native contracts are measured beside, as close to OpenZeppelin's parts as there are any.

contract Plain is ERC20("Plain", "PLAIN") {
    constructor(uint256 supply) {
        _mint(msg.sender, supply);
    }
}

contract Pot is ERC4626 {
    constructor(IERC20 asset) ERC20("Pot", "POT") ERC4626(asset) {}
}

contract Vesting is VestingWallet {
    constructor(address beneficiary, uint64 start, uint64 duration)
        VestingWallet(beneficiary, start, duration)
    {}
}

/// Shares that earn one currency. OpenZeppelin has had nothing of the kind since PaymentSplitter
/// went with its version 5.
contract Dividends is ERC20("Dividends", "DIV") {
    using SafeERC20 for IERC20;

    event Distributed(address indexed from, uint256 amount);
    event Claimed(address indexed account, uint256 amount);

    uint256 private constant SCALE = 2 ** 128;

    IERC20 public immutable currency;
    uint256 public perShare;
    mapping(address account => uint256) private settledPerShare;
    mapping(address account => uint256) private earned;

    constructor(IERC20 currency_, uint256 supply) {
        currency = currency_;
        _mint(msg.sender, supply);
    }

    function distribute(uint256 amount) external {
        currency.safeTransferFrom(msg.sender, address(this), amount);
        perShare += amount * SCALE / totalSupply();
        emit Distributed(msg.sender, amount);
    }

    function claimFor(address account) external returns (uint256 amount) {
        settle(account);
        amount = earned[account];
        earned[account] = 0;
        currency.safeTransfer(account, amount);
        emit Claimed(account, amount);
    }

    function settle(address account) private {
        uint256 since = perShare - settledPerShare[account];
        if (since == 0) return;
        settledPerShare[account] = perShare;
        earned[account] += balanceOf(account) * since / SCALE;
    }

    function _update(address from, address to, uint256 value) internal override {
        if (from != address(0)) settle(from);
        if (to != address(0)) settle(to);
        super._update(from, to, value);
    }
}
