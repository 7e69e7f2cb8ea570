// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// A token of bytecode, to stand beside native ones.
contract Coin is ERC20("Coin", "COIN") {
    constructor(uint256 supply) {
        _mint(msg.sender, supply);
    }
}
