// SPDX-License-Identifier: MIT
// What a trace has to tell apart: every kind of call, storage, logs, failures.
pragma solidity ^0.8.24;

contract Part {
    uint256 public value;
    mapping(address => uint256) public seen;

    event Seen(address indexed who, uint256 value);
    error Refused(uint256 code);

    constructor(uint256 first) payable {
        value = first;
    }

    function note(uint256 next) external payable returns (uint256) {
        value = next;
        seen[msg.sender] += next;
        emit Seen(msg.sender, next);
        return next + 1;
    }

    function look() external view returns (uint256) {
        return value;
    }

    function fail(uint256 how) external payable {
        emit Seen(msg.sender, how);
        value = how;
        if (how == 0) revert("no reason at all");
        if (how == 1) revert Refused(how);
        if (how == 2) assert(false);
        if (how == 3) while (true) value++;
        if (how == 4)
            assembly {
                invalid()
            }
        revert();
    }

    function leave(address payable heir) external {
        selfdestruct(heir);
    }

    receive() external payable {}
}

contract Traced {
    uint256 public value;
    mapping(address => uint256) public seen;
    Part public part;

    event Done(uint256 what);

    constructor() payable {
        part = new Part{value: 7}(41);
    }

    function everything(address payable other) external payable returns (uint256) {
        emit Done(1);
        part.note{value: 3}(part.look());
        (bool ok, ) = address(part).delegatecall(abi.encodeCall(Part.note, (5)));
        require(ok);
        for (uint256 how = 0; how < 6; how++)
            address(part).call{gas: 60_000, value: how}(abi.encodeCall(Part.fail, (how)));
        Part salted = new Part{salt: bytes32(uint256(9))}(1);
        salted.leave(other);
        sha256("a precompile");
        other.transfer(1);
        emit Done(2);
        return value;
    }

    function codeCall() external returns (bool ok) {
        address target = address(part);
        bytes memory data = abi.encodeCall(Part.note, (6));
        assembly {
            ok := callcode(gas(), target, 0, add(data, 32), mload(data), 0, 0)
        }
    }

    function poor() external {
        address target = address(part);
        assembly {
            pop(call(gas(), target, 1000000000000000000000, 0, 0, 0, 0))
            pop(create(1000000000000000000000, 0, 0))
        }
    }

    function undo() external {
        part.note(77);
        revert("all undone");
    }

    receive() external payable {}
}
