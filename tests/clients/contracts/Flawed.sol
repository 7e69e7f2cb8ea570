// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Twin} from "./Twin.sol";

/// A twin with one flaw, to show that the comparison sees it: moving nothing leaves no event.
contract Flawed is Twin {
    constructor(
        string memory name,
        string memory symbol,
        uint8 decimals_,
        address issuer_
    )
        Twin(name, symbol, decimals_, issuer_)
    {}

    function _update(address from, address to, uint256 value) internal override {
        if (value > 0) super._update(from, to, value);
    }
}
