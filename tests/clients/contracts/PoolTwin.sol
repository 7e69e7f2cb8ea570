// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// What Pool says it is, made of OpenZeppelin's parts: the other side of the twins test.
contract PoolTwin is ERC4626, ERC20Permit {
    constructor(string memory name, string memory symbol, IERC20 asset_)
        ERC20(name, symbol)
        ERC20Permit(name)
        ERC4626(asset_)
    {}

    function decimals() public view override(ERC20, ERC4626) returns (uint8) {
        return super.decimals();
    }

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }
}

/// Rounds assets up, whoever pays them.
contract FlawedPoolTwin is PoolTwin {
    constructor(string memory name, string memory symbol, IERC20 asset_)
        PoolTwin(name, symbol, asset_)
    {}

    function _convertToAssets(uint256 shares, Math.Rounding)
        internal
        view
        override
        returns (uint256)
    {
        return super._convertToAssets(shares, Math.Rounding.Ceil);
    }
}
