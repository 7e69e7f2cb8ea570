// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// What a contract needs of an arbitrator (ERC-792), and what the native one has besides.
interface Court {
    function createDispute(uint256 choices, bytes calldata extraData) external payable returns (uint256);
    function arbitrationCost(bytes calldata extraData) external view returns (uint256);
    function currentRuling(uint256 disputeID) external view returns (uint256);
    function executeRuling(uint256 disputeID) external returns (bool);
    function collectFee(uint256 disputeID, uint256 round, address juror) external returns (uint256);
    function reclaimFee(uint256 disputeID) external returns (uint256);
}

/// Two put in the same, and a court says who is right: 1 the first, 2 the second, 0 neither.
contract Wager {
    Court public immutable court;
    bytes public panel;
    address[2] public sides;
    uint256 public stake;
    uint256 public disputeID;
    bool public settled;
    mapping(address => uint256) public due;

    constructor(Court court_, uint256 panel_, address one, address other) payable {
        court = court_;
        panel = abi.encode(panel_);
        sides = [one, other];
        stake = msg.value;
    }

    receive() external payable {}

    function dispute() external payable {
        require(disputeID == 0 && msg.value == court.arbitrationCost(panel), "once, at its price");
        disputeID = court.createDispute{value: msg.value}(2, panel);
    }

    function rule(uint256 id, uint256 ruling) external virtual {
        settle(id, ruling);
    }

    function settle(uint256 id, uint256 ruling) internal {
        require(msg.sender == address(court) && id == disputeID && !settled, "not the ruling");
        settled = true;
        if (ruling == 0) {
            due[sides[0]] += stake / 2;
            due[sides[1]] += stake - stake / 2;
        } else {
            due[sides[ruling - 1]] += stake;
        }
    }

    function withdraw() external {
        uint256 amount = due[msg.sender];
        due[msg.sender] = 0;
        (bool sent,) = msg.sender.call{value: amount}("");
        require(sent, "not sent");
    }

    function fetchFee() external {
        court.reclaimFee(disputeID);
    }
}

/// Does not take its ruling until it is told to.
contract Stubborn is Wager {
    bool public relented;

    constructor(Court c, uint256 p, address one, address other) payable Wager(c, p, one, other) {}

    function relent() external {
        relented = true;
    }

    function rule(uint256 id, uint256 ruling) external override {
        require(relented, "I do not agree");
        settle(id, ruling);
    }
}

/// Uses up whatever gas it is given.
contract Burner is Wager {
    uint256 public counter;

    constructor(Court c, uint256 p, address one, address other) payable Wager(c, p, one, other) {}

    function rule(uint256, uint256) external override {
        while (true) ++counter;
    }
}

/// Refuses with more data than anybody would want to copy.
contract Shouter is Wager {
    constructor(Court c, uint256 p, address one, address other) payable Wager(c, p, one, other) {}

    function rule(uint256, uint256) external pure override {
        assembly {
            revert(0, 200000)
        }
    }
}

/// Calls back while it is called: to be ruled twice, to have the jurors' fee, to look in between.
contract Meddler is Wager {
    bool public tried;
    bool public got;

    constructor(Court c, uint256 p, address one, address other) payable Wager(c, p, one, other) {}

    function rule(uint256 id, uint256 ruling) external override {
        (bool again,) = address(court).call(abi.encodeCall(Court.executeRuling, (id)));
        (bool fee,) = address(court).call(abi.encodeCall(Court.reclaimFee, (id)));
        (bool paid,) = address(court).call(abi.encodeCall(Court.collectFee, (id, 0, address(this))));
        (bool seen,) = address(court).staticcall(abi.encodeCall(Court.currentRuling, (id)));
        tried = true;
        got = again || fee || paid || seen;
        settle(id, ruling);
    }
}
