// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IConditions {
    struct Condition {
        address target;
        bytes data;
    }

    function supportsInterface(bytes4 id) external view returns (bool);
    function linear(address target, bytes calldata data, uint256 from, uint256 to, uint256 floor, uint256 cap) external view returns (uint256);
    function tiers(address target, bytes calldata data, uint256[] calldata steps, uint256[] calldata amounts) external view returns (uint256);
    function eval(Condition calldata condition) external view returns (uint8);
    function all(Condition[] calldata parts) external view returns (bool);
    function any(Condition[] calldata parts) external view returns (bool);
    function atLeast(uint8 k, Condition[] calldata parts) external view returns (bool);
    function not(Condition calldata condition) external view returns (bool);
    function compare(address target, bytes calldata data, uint8 op, uint256 rhs) external view returns (bool);
    function after_(uint64 time) external view returns (bool);
    error Undecided(address target);
    error InvalidPartCount(uint256 count);
    error InvalidThreshold(uint8 k, uint256 count);
    error NestedTooDeep();
    error NotANumber();
    error UnknownComparison(uint8 op);
    error InvalidLine(uint256 from, uint256 to, uint256 floor, uint256 cap);
    error InvalidTiers(uint256 steps, uint256 amounts);
    error ReentrancyGuardReentrantCall();
}
