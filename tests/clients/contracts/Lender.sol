// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// Lends one token against another: a borrower may owe half of what the collateral is worth, and
/// when the price falls, whoever pays the debt gets the collateral. A model, without interest.
contract Lender {
    using SafeERC20 for IERC20;

    error Undercollateralised(uint256 owed, uint256 allowed);
    error Healthy(address borrower);

    IERC20 public immutable collateral;
    IERC20 public immutable asset;
    address public immutable keeper = msg.sender;
    /// What a unit of the collateral is worth, in hundredths of a unit of the asset.
    uint256 public price = 100;
    mapping(address => uint256) public pledged;
    mapping(address => uint256) public owed;

    constructor(IERC20 collateral_, IERC20 asset_) {
        collateral = collateral_;
        asset = asset_;
    }

    function setPrice(uint256 price_) external {
        require(msg.sender == keeper);
        price = price_;
    }

    function limit(address borrower) public view returns (uint256) {
        return pledged[borrower] * price / 200;
    }

    function pledge(uint256 amount) external {
        pledged[msg.sender] += amount;
        collateral.safeTransferFrom(msg.sender, address(this), amount);
    }

    function withdraw(uint256 amount) external {
        pledged[msg.sender] -= amount;
        requireCovered(msg.sender);
        collateral.safeTransfer(msg.sender, amount);
    }

    function borrow(uint256 amount) external {
        owed[msg.sender] += amount;
        requireCovered(msg.sender);
        asset.safeTransfer(msg.sender, amount);
    }

    function repay(address borrower, uint256 amount) public {
        owed[borrower] -= amount;
        asset.safeTransferFrom(msg.sender, address(this), amount);
    }

    function liquidate(address borrower) external {
        require(owed[borrower] > limit(borrower), Healthy(borrower));
        repay(borrower, owed[borrower]);
        uint256 seized = pledged[borrower];
        pledged[borrower] = 0;
        collateral.safeTransfer(msg.sender, seized);
    }

    function requireCovered(address borrower) private view {
        uint256 allowed = limit(borrower);
        require(owed[borrower] <= allowed, Undercollateralised(owed[borrower], allowed));
    }
}
