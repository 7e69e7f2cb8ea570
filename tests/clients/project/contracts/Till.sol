// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

interface IERC20 {
    function transfer(address to, uint256 value) external returns (bool);
    function balanceOf(address owner) external view returns (uint256);
}

/// Holds a token and pays it out as its owner says.
contract Till {
    error NotOwner(address caller);

    event Paid(address indexed to, uint256 amount);

    IERC20 public immutable token;
    address public immutable owner = msg.sender;

    constructor(IERC20 token_) {
        token = token_;
    }

    function pay(address to, uint256 amount) external {
        require(msg.sender == owner, NotOwner(msg.sender));
        token.transfer(to, amount);
        emit Paid(to, amount);
    }

    function holds() external view returns (uint256) {
        return token.balanceOf(address(this));
    }
}
