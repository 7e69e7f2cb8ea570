// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC165Checker} from "@openzeppelin/contracts/utils/introspection/ERC165Checker.sol";

/// An ERC-20 as some of the oldest declare it. For methods that return nothing a compiler of any
/// age asks before the call whether there is code.
interface IMute {
    function approve(address spender, uint256 value) external;
}

/// Calls whatever it is told to, in every way there is.
contract Adversary {
    enum Way {
        call,
        staticCall,
        delegateCall,
        callCode
    }

    /// How a run ends.
    enum End {
        well,
        revert_,
        allGas
    }

    struct Step {
        address to;
        bytes data;
    }

    /// What calls at other addresses would overwrite here, if they ran here.
    uint256[8] private slots;

    function codeOf(address target)
        external
        view
        returns (uint256 size, bytes32 hash, bytes memory code)
    {
        return (target.code.length, target.codehash, target.code);
    }

    function approveMutely(IMute token, address spender, uint256 value) external {
        token.approve(spender, value);
    }

    function attempt(Way way, address to, bytes memory data)
        public
        payable
        returns (bool success, bytes memory output)
    {
        if (way == Way.call) return to.call(data);
        if (way == Way.staticCall) return to.staticcall(data);
        if (way == Way.delegateCall) return to.delegatecall(data);
        // The compiler no longer speaks of it.
        assembly {
            success := callcode(gas(), to, 0, add(data, 32), mload(data), 0, 0)
            output := mload(0x40)
            mstore(output, returndatasize())
            returndatacopy(add(output, 32), 0, returndatasize())
            mstore(0x40, add(add(output, 32), returndatasize()))
        }
    }

    /// Makes the attempt in a transaction, which must be refused and leave nothing.
    function mustFail(Way way, address to, bytes calldata data) external {
        (bool success,) = attempt(way, to, data);
        require(!success, "went through");
    }

    /// Takes the steps one after the other, whether they succeed or not, and ends as told. A step
    /// may be a run of its own.
    function run(Step[] calldata steps, End end) external {
        for (uint256 i = 0; i < steps.length; ++i) {
            // Enough is kept for the steps to come.
            (bool success,) = steps[i].to.call{gas: gasleft() / 2}(steps[i].data);
            success;
        }
        if (end == End.revert_) revert("undone");
        if (end == End.allGas) assembly { invalid() }
    }

    function asksFor(address target, bytes4 id)
        external
        view
        returns (bool answer, uint256 gasUsed)
    {
        uint256 before = gasleft();
        answer = ERC165Checker.supportsERC165InterfaceUnchecked(target, id);
        gasUsed = before - gasleft();
    }

    function has165(address target) external view returns (bool) {
        return ERC165Checker.supportsERC165(target);
    }
}
