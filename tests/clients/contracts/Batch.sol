// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// What an account lends itself by EIP-7702: several calls in one transaction, by itself alone.
contract Batch {
    struct Call {
        address to;
        uint256 value;
        bytes data;
    }

    error NotSelf(address caller);

    function execute(Call[] calldata calls) external payable {
        require(msg.sender == address(this), NotSelf(msg.sender));
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory answer) =
                calls[i].to.call{value: calls[i].value}(calls[i].data);
            if (!success) assembly { revert(add(answer, 32), mload(answer)) }
        }
    }

    receive() external payable {}
}
