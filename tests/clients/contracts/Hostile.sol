// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/// A currency that keeps to ERC-20, and what is common to those that do not.
contract Honest {
    event Transfer(address indexed from, address indexed to, uint256 value);

    uint256 public totalSupply;
    mapping(address => mapping(address => uint256)) public allowance;
    mapping(address => uint256) internal balances;
    /// Whether it shows its true character yet.
    bool public bad;

    function decimals() external pure returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 value) external {
        totalSupply += value;
        balances[to] += value;
        emit Transfer(address(0), to, value);
    }

    function turn(bool bad_) external {
        bad = bad_;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function balanceOf(address owner) external view virtual returns (uint256) {
        return balances[owner];
    }

    function transfer(address to, uint256 value) external virtual returns (bool) {
        move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external virtual returns (bool) {
        allowance[from][msg.sender] -= value;
        move(from, to, value);
        return true;
    }

    function move(address from, address to, uint256 value) internal virtual {
        balances[from] -= value;
        balances[to] += value;
        emit Transfer(from, to, value);
    }
}

/// Calls back whoever it was armed against, before it moves anything and after.
contract Reentrant is Honest {
    /// In one slot, for there is little gas.
    struct Answer {
        bool success;
        bytes4 reason;
        uint64 number;
    }

    address private target;
    bytes[] private calls;
    Answer[] private answers;

    function arm(address target_, bytes[] calldata calls_) external {
        target = target_;
        delete calls;
        delete answers;
        for (uint256 i = 0; i < calls_.length; ++i) calls.push(calls_[i]);
    }

    /// What each of the calls was answered with each time.
    function heard() external view returns (Answer[] memory) {
        return answers;
    }

    function move(address from, address to, uint256 value) internal override {
        if (bad) strike();
        super.move(from, to, value);
        if (bad) strike();
    }

    function strike() private {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory answer) = target.call(calls[i]);
            uint256 word = answer.length == 32 ? abi.decode(answer, (uint256)) : 0;
            answers.push(Answer(success, success ? bytes4(0) : bytes4(answer), uint64(word)));
        }
    }
}

/// Says that everybody has the same.
contract LiesAboutBalances is Honest {
    function balanceOf(address owner) external view override returns (uint256) {
        return bad ? 7 : balances[owner];
    }
}

/// Answers no, and reverts nothing.
contract SaysFalse is Honest {
    function transfer(address to, uint256 value) external override returns (bool) {
        if (!bad) move(msg.sender, to, value);
        return !bad;
    }

    function transferFrom(address from, address to, uint256 value)
        external
        override
        returns (bool)
    {
        if (!bad) move(from, to, value);
        return !bad;
    }
}

/// Answers yes, and moves nothing.
contract MovesNothing is Honest {
    function move(address from, address to, uint256 value) internal override {
        if (!bad) super.move(from, to, value);
    }
}

/// Returns nothing at all, as tokens from before the standard do.
contract ReturnsNothing is Honest {
    function transfer(address to, uint256 value) external override returns (bool) {
        move(msg.sender, to, value);
        assembly { return(0, 0) }
    }

    function transferFrom(address from, address to, uint256 value)
        external
        override
        returns (bool)
    {
        allowance[from][msg.sender] -= value;
        move(from, to, value);
        assembly { return(0, 0) }
    }
}

/// Keeps a hundredth of every transfer.
contract TakesFee is Honest {
    function move(address from, address to, uint256 value) internal override {
        super.move(from, to, value);
        if (bad) super.move(to, address(this), value / 100);
    }
}

/// Uses up what gas it gets.
contract BurnsGas is Honest {
    function move(address from, address to, uint256 value) internal override {
        if (bad) while (true) {}
        super.move(from, to, value);
    }
}

/// Answers with a megabyte, or reverts with it.
contract ReturnsMuch is Honest {
    bool private reverts;

    function turnToRevert(bool reverts_) external {
        reverts = reverts_;
    }

    function move(address from, address to, uint256 value) internal override {
        super.move(from, to, value);
        if (!bad) return;
        if (reverts) assembly { revert(0, 0x100000) }
        assembly {
            mstore(0, 1)
            return(0, 0x100000)
        }
    }
}

/// Serves some and not others.
contract Blacklists is Honest {
    mapping(address => bool) private blocked;

    error Blocked(address holder);

    function block_(address holder, bool on) external {
        blocked[holder] = on;
    }

    function move(address from, address to, uint256 value) internal override {
        require(!blocked[to], Blocked(to));
        super.move(from, to, value);
    }
}

/// Grows and shrinks in its holders' hands, without a word.
contract Rebases is Honest {
    function rebase(address holder, uint256 balance) external {
        balances[holder] = balance;
    }
}
