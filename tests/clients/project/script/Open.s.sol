// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {IERC20, Till} from "../contracts/Till.sol";

interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// Opens two tills, in two transactions.
contract Open {
    bool public constant IS_SCRIPT = true;
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run(IERC20 token) external returns (Till first, Till second) {
        VM.startBroadcast();
        first = new Till(token);
        second = new Till(token);
        VM.stopBroadcast();
    }
}
